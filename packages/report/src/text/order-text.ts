/**
 * Reports about the order of locks: the same class twice, a circle of dependencies, and tasks that do wait for each other.
 *
 * The scenarios have a participant per dependency of the circle, none left out: participant i holds what participant i−1 wants.
 */
import type { Hop, LockRef, Mode } from '@lockdep/core';
import { chainLines, hopLines } from './hop-text.ts';
import type { KindText, ReportOf } from './kind-text.ts';
import { lockText, outerFrameLines, stackLines, wantAndHolding } from './notation.ts';
import { printable } from './printable.ts';
import type { Scenario, Step } from './scenario.ts';
import { lockStep, OTHER_INFO, participantName, readerNote, scenarioBlock } from './scenario-block.ts';
import { provenLines, verdictLines } from './verdict-text.ts';

export const recursiveText: KindText<'recursive'> = {
  title: () => 'WARNING: possible recursive locking detected',
  body: (report, style) => {
    const compared =
      report.compared === undefined ? [] : [`and the lock comparison function returns ${report.compared}:`];
    return [
      ...wantAndHolding(report.task, report.want, report.holding, style),
      ...compared,
      '',
      'which was taken at:',
      ...stackLines(report.holding.site, 2, style),
      '',
      OTHER_INFO,
      ...scenarioBlock('Possible unsafe locking scenario:', recursiveScenario(report), style),
      ...readerNote([{ wants: report.want.mode, held: report.holding.mode }]),
      '',
      ` ${recursiveRemark(report)}`,
      ...provenLines(report.verdict, style),
    ];
  },
};

function recursiveRemark({ sameLock, want, holding }: ReportOf<'recursive'>): string {
  if (!sameLock) return 'May be due to missing lock nesting notation';
  return behindWriter(want.mode, holding.mode)
    ? 'It is the very same lock: the task waits for a writer that waits for it.'
    : 'It is the very same lock: the task waits for itself.';
}

function behindWriter(wants: Mode, held: Mode): boolean {
  return wants === 'read' && held !== 'write';
}

/** The same lock: one task is enough (two if a writer must queue in between). Equal locks: two tasks in opposite order. */
function recursiveScenario(report: ReportOf<'recursive'>): Scenario {
  const { want, holding } = report;
  const inner = lockStep(want.class.name, want.mode);
  const outer = lockStep(holding.class.name, holding.mode);
  const first = { name: participantName(0, report.task), isNew: true };
  if (!report.sameLock) {
    const name = (step: string, lock: LockRef): string =>
      lock.lock === '' ? step : `${step}  ${printable(lock.lock)}`;
    // The other task takes the two in the other order, each in the mode its place in the hierarchy has here.
    const otherOuter = lockStep(want.class.name, holding.mode);
    const otherInner = lockStep(holding.class.name, want.mode);
    return {
      participants: [first, { name: 'T1 another task' }],
      steps: [
        { by: 0, text: name(outer, holding) },
        { by: 1, text: name(otherOuter, want) },
        { by: 1, text: name(otherInner, holding), waits: 'T0' },
        { by: 0, text: name(inner, want), waits: 'T1' },
      ],
    };
  }
  if (behindWriter(want.mode, holding.mode)) {
    return {
      participants: [first, { name: 'T1 a writer' }],
      steps: [
        { by: 0, text: outer },
        { by: 1, text: lockStep(want.class.name, 'write'), waits: 'T0' },
        { by: 0, text: inner, waits: 'T1' },
      ],
    };
  }
  return {
    participants: [first],
    steps: [
      { by: 0, text: outer },
      { by: 0, text: inner, waits: 'T0' },
    ],
  };
}

export const circularText: KindText<'circular'> = {
  title: () => 'WARNING: possible circular locking dependency detected',
  body: (report, style) => {
    const { cycle } = report;
    const names = cycle.map((hop) => hop.from.name);
    return [
      ...wantAndHolding(report.task, report.want, report.holding, style),
      '',
      'which lock already depends on the new lock.',
      '',
      '',
      'the existing dependency chain (in reverse order) is:',
      ...cycle.flatMap((_, index) => [
        '',
        ...hopLines(cycle[cycle.length - 1 - index]!, cycle.length - 1 - index, style),
      ]),
      '',
      OTHER_INFO,
      '',
      'Chain exists of:',
      ...chainLines([...names, ...names.slice(0, 1)], style),
      ...scenarioBlock('Possible unsafe locking scenario:', circularScenario(cycle), style),
      ...readerNote(joints(cycle)),
      '',
      ...verdictLines(report.verdict, style),
      ...(report.layer === 'event'
        ? ['an event is among them: nobody holds it, somebody has said that it will happen.']
        : []),
    ];
  },
};

function joints(cycle: readonly Hop[]): { wants: Mode; held: Mode }[] {
  return cycle.map((hop, index) => ({ wants: hop.wantMode, held: cycle[(index + 1) % cycle.length]!.heldMode }));
}

/** Everybody takes the outer lock; then everybody wants the next one's, the new dependency last. */
function circularScenario(cycle: readonly Hop[]): Scenario {
  const takes = cycle.map((hop, by): Step => ({ by, text: lockStep(hop.from.name, hop.heldMode) }));
  const wants = cycle.map(
    (hop, by): Step => ({ by, text: lockStep(hop.to.name, hop.wantMode), waits: `T${(by + 1) % cycle.length}` }),
  );
  return {
    participants: cycle.map((hop, index) => ({ name: participantName(index, hop.task), isNew: hop.isNew })),
    steps: [...takes, ...wants.slice(1), ...wants.slice(0, 1)],
  };
}

export const deadlockText: KindText<'deadlock'> = {
  title: (report) =>
    report.waits.length === 1
      ? 'WARNING: deadlock detected, a task waits for itself'
      : `WARNING: deadlock detected, ${report.waits.length} tasks wait for each other`,
  body: (report, style) => [
    ...report.waits.flatMap((wait, index) => [
      ...(index === 0 ? [] : ['']),
      `#${index} ${printable(wait.task)} waits for lock:`,
      lockText(wait.wants, style),
      ...outerFrameLines(wait.wants.site, 2, style),
      `   held by ${printable(wait.heldBy)}, which took it at:`,
      ...stackLines(wait.heldSite, 5, style),
    ]),
    '',
    OTHER_INFO,
    ...scenarioBlock('The locking scenario:', deadlockScenario(report), style),
  ],
};

function deadlockScenario({ waits }: ReportOf<'deadlock'>): Scenario {
  const label = (lock: LockRef): string => (lock.lock === '' ? '' : `  ${printable(lock.lock)}`);
  const position = (task: string): string => {
    const index = waits.findIndex((wait) => wait.task === task);
    return index < 0 ? printable(task) : `T${index}`;
  };
  const holds = waits.flatMap(({ task }, by) =>
    waits
      .filter((wait) => wait.heldBy === task)
      .map(({ wants }): Step => ({ by, text: `holds ${printable(wants.class.name)}${label(wants)}` })),
  );
  return {
    participants: waits.map((wait, index) => ({ name: participantName(index, wait.task) })),
    steps: [
      ...holds,
      ...waits.map(({ wants, heldBy }, by): Step => {
        return { by, text: lockStep(wants.class.name, wants.mode) + label(wants), waits: position(heldBy) };
      }),
    ],
  };
}
