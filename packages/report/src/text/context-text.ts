/**
 * Reports about contexts: a class used in an interrupt and held with it enabled, paths from safe to unsafe locks, and locks
 * that may wait longer than the place allows.
 */
import type { ClassRef, Hop, Mode } from '@lockdep/core';
import { chainLines, hopLines } from './hop-text.ts';
import type { KindText, ReportOf } from './kind-text.ts';
import { classText, lockText, stackLines, wantAndHolding } from './notation.ts';
import { printable } from './printable.ts';
import type { Scenario, Step } from './scenario.ts';
import { lockStep, OTHER_INFO, participantName, readerNote, scenarioBlock } from './scenario-block.ts';
import type { TextStyle } from './text-style.ts';
import { waitTypeText } from './wait-type-text.ts';

const INTERRUPT = '<Interrupt>';

export const inconsistentStateText: KindText<'inconsistent-state'> = {
  title: () => 'WARNING: inconsistent lock state',
  body: (report, style) => {
    const { oldUsage, newUsage, lock } = report;
    const inside = newUsage.startsWith('IN-') ? newUsage : oldUsage;
    const outside = inside === newUsage ? oldUsage : newUsage;
    const scenario: Scenario = {
      participants: [{ name: participantName(0, report.task) }],
      steps: [
        { by: 0, text: lockStep(lock.class.name, usageMode(outside)) },
        { by: 0, text: INTERRUPT },
        { by: 0, text: `  ${lockStep(lock.class.name, usageMode(inside))}`, waits: 'T0, which it interrupted' },
      ],
    };
    return [
      `inconsistent {${printable(oldUsage)}} -> {${printable(newUsage)}} usage.`,
      `${printable(report.task)} takes:`,
      lockText(lock, style),
      `{${printable(oldUsage)}} state was registered at:`,
      ...stackLines(report.oldSite, 2, style),
      '',
      OTHER_INFO,
      ...scenarioBlock('Possible unsafe locking scenario:', scenario, style),
    ];
  },
};

/** `IN-HARDIRQ-R`, `HARDIRQ-ON-R` and `INITIAL READ USE` speak of readers. */
function usageMode(usage: string): Mode {
  return usage.endsWith('-R') || usage === 'INITIAL READ USE' ? 'read' : 'write';
}

export const irqInversionText: KindText<'irq-inversion'> = {
  title: () => 'WARNING: possible irq lock inversion dependency detected',
  body: (report, style) => {
    const state = printable(report.state);
    const forwards = report.direction === 'forwards';
    const took = forwards
      ? `but this lock took another, ${state}-unsafe lock in the past:`
      : `but this lock was taken by another, ${state}-safe lock in the past:`;
    return [
      `${printable(report.task)} just changed the state of lock:`,
      lockText(report.lock, style),
      took,
      ` ${classText(report.other)}`,
      '',
      `... which became ${state}-irq-${forwards ? 'unsafe' : 'safe'} at:`,
      ...stackLines(report.otherSite, 2, style),
      '',
      'and interrupts could create inverse lock ordering between them.',
      '',
      '',
      OTHER_INFO,
      ...interruptBlock(inversionOf(report), report.path, style),
      '',
      'the shortest dependencies between 2nd lock and 1st lock:',
      ...pathLines(report.path, 0, report.path.length, style),
    ];
  },
};

/** A path from a lock used in a context to one held with that context enabled. */
interface UnsafePath {
  readonly context: string;
  readonly task: string;
  readonly safe: ClassRef;
  readonly safeMode: Mode;
  readonly unsafe: ClassRef;
  readonly unsafeMode: Mode;
}

function inversionOf(report: ReportOf<'irq-inversion'>): UnsafePath {
  const { lock, other, state, task } = report;
  const otherMode = stateMode(state);
  return report.direction === 'forwards'
    ? { context: contextOf(state), task, safe: lock.class, safeMode: lock.mode, unsafe: other, unsafeMode: otherMode }
    : { context: contextOf(state), task, safe: other, safeMode: otherMode, unsafe: lock.class, unsafeMode: lock.mode };
}

export const irqOrderText: KindText<'irq-order'> = {
  title: (report) =>
    `WARNING: ${printable(report.state)}-safe -> ${printable(report.state)}-unsafe lock order detected`,
  body: (report, style) => {
    const { holding, want, safe, unsafe, path, task } = report;
    const state = printable(report.state);
    const unsafePath = {
      context: contextOf(report.state),
      task,
      safe,
      safeMode: stateMode(report.state),
      unsafe,
      unsafeMode: heldMode(unsafe),
    };
    const added = path.findIndex((hop) => hop.isNew);
    return [
      ...wantAndHolding(task, want, holding, style),
      'which would create a new lock dependency:',
      ` ${classText(holding.class)} -> ${classText(want.class)}`,
      '',
      `but this new dependency connects a ${state}-irq-safe lock:`,
      ` ${classText(safe)}`,
      '',
      `... which became ${state}-irq-safe at:`,
      ...stackLines(report.safeSite, 2, style),
      '',
      `to a ${state}-irq-unsafe lock:`,
      ` ${classText(unsafe)}`,
      '',
      `... which became ${state}-irq-unsafe at:`,
      ...stackLines(report.unsafeSite, 2, style),
      '',
      OTHER_INFO,
      ...interruptBlock(unsafePath, path, style),
      ...(added > 0
        ? [
            '',
            `the dependencies between ${state}-irq-safe lock and the holding lock:`,
            ...pathLines(path, 0, added, style),
          ]
        : []),
      ...(added >= 0 ? ['', 'the new dependency:', ...pathLines(path, added, added + 1, style)] : []),
      ...(added + 1 < path.length
        ? [
            '',
            `the dependencies between the lock to be acquired and ${state}-irq-unsafe lock:`,
            ...pathLines(path, added + 1, path.length, style),
          ]
        : []),
    ];
  },
};

function pathLines(path: readonly Hop[], from: number, to: number, style: TextStyle): string[] {
  return path.slice(from, to).flatMap((hop, index) => ['', ...hopLines(hop, from + index, style)]);
}

/** T0 holds the unsafe lock and is interrupted; each hop of the path is another task between it and the interrupt. */
function interruptBlock(unsafe: UnsafePath, path: readonly Hop[], style: TextStyle): string[] {
  const disable: readonly Step[] = [{ by: 1, text: `disable(${printable(unsafe.context.toLowerCase())});` }];
  const steps: Step[] = [
    { by: 0, text: lockStep(unsafe.unsafe.name, unsafe.unsafeMode) },
    ...path.flatMap((hop, index): Step[] => {
      const waits = index + 1 === path.length ? 'T0' : `T${index + 2}`;
      return [
        ...(index === 0 ? disable : []),
        { by: index + 1, text: lockStep(hop.from.name, hop.heldMode) },
        { by: index + 1, text: lockStep(hop.to.name, hop.wantMode), waits },
      ];
    }),
    { by: 0, text: INTERRUPT },
    {
      by: 0,
      text: `  ${lockStep(unsafe.safe.name, unsafe.safeMode)}`,
      waits: path.length === 0 ? 'T0, which it interrupted' : 'T1',
    },
  ];
  const names = path.map((hop) => hop.from.name);
  const end = path.at(-1);
  const chain =
    end === undefined || path.length < 2 ? [] : ['', 'Chain exists of:', ...chainLines([...names, end.to.name], style)];
  const participants = [
    { name: 'T0 interrupted' },
    ...path.map((hop, index) => ({ name: participantName(index + 1, hop.task), isNew: hop.isNew })),
  ];
  return [
    ...chain,
    ...scenarioBlock(
      'Possible interrupt unsafe locking scenario:',
      { participants, steps: inOrder(steps, path.length) },
      style,
    ),
    ...readerNote(path.slice(1).map((hop, index) => ({ wants: path[index]!.wantMode, held: hop.heldMode }))),
  ];
}

/** With one task between, the kernel's order: it takes both, then the interrupt comes. With more, all take before any waits. */
function inOrder(steps: readonly Step[], hops: number): Step[] {
  if (hops < 2) return [...steps];
  const waiting = steps.filter((step) => step.waits !== undefined && step.by !== 0);
  const interrupt = steps.slice(-2);
  return [...steps.filter((step) => !waiting.includes(step) && !interrupt.includes(step)), ...waiting, ...interrupt];
}

const READ_SUFFIX = '-READ';

function contextOf(state: string): string {
  return state.endsWith(READ_SUFFIX) ? state.slice(0, -READ_SUFFIX.length) : state;
}

function stateMode(state: string): Mode {
  return state.endsWith(READ_SUFFIX) ? 'read' : 'write';
}

/** The usage characters alternate write, read; `+` and `?` mean held with the context enabled. */
function heldMode(ref: ClassRef): Mode {
  const held = [...ref.usage].map((character) => character === '+' || character === '?');
  return held.some((set, index) => set && index % 2 === 0) || !held.includes(true) ? 'write' : 'read';
}

export const invalidWaitContextText: KindText<'invalid-wait-context'> = {
  title: () => '[ BUG: Invalid wait context ]',
  body: (report, style) => {
    const limit =
      report.limitedBy === null
        ? [`set by the context: ${printable(report.context)}`]
        : ['set by a lock held:', lockText(report.limitedBy, style)];
    return [
      `${printable(report.task)} is trying to lock:`,
      lockText(report.want, style),
      `which may wait as ${waitTypeText(report.wants)}, where nothing may wait longer than ${waitTypeText(report.have)},`,
      ...limit,
      '',
      OTHER_INFO,
      `context: ${printable(report.context)}`,
    ];
  },
};
