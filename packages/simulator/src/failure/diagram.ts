/**
 * The interleaving as kernel developers draw it in commit messages: a column per task, a line per step, time running down.
 *
 * Columns in order of first step; indentation on the left by tabs only, nothing beyond column 72. A step after which a task cannot go
 * on is followed by what it waits for; more than three steps in a row that touch nothing another task touches become `...`. Where a livelock's
 * loop begins is marked.
 */
import type { Finding } from './finding.ts';
import type { RecordedStep } from './record.ts';

const WIDTH = 72;
const TAB = 8;
const MAX_COLUMNS = 5;
/** Steps in a row that concern nobody else, above which they are left out. */
const MAX_PRIVATE_RUN = 3;

interface Line {
  readonly task: string;
  readonly text: string;
  /** Set apart from the steps: what the task waits for. */
  readonly isNote: boolean;
}

/** `loop` is the number of the step from which on everything repeats. */
export function diagram(steps: readonly RecordedStep[], finding: Finding, loop?: number): string {
  const lines = linesOf(steps, loop);
  if (finding.kind === 'deadlock') {
    for (const { task, wants, object, owned, heldBy } of finding.waits) {
      const holders = heldBy.length === 0 ? '' : ` (held by ${heldBy.join(', ')})`;
      lines.push({ task, text: `blocked: wants ${owned ? object : wants}${holders}`, isNote: false });
    }
  }
  const tasks = [...new Set(lines.map(({ task }) => task))];
  const body = tasks.length <= MAX_COLUMNS ? columns(tasks, lines) : list(lines);
  const conclusion = finding.kind === 'deadlock' ? 'deadlock' : finding.message;
  return [...body, ...wrap(`=> ${conclusion}`, 0, '')].join('\n');
}

function linesOf(steps: readonly RecordedStep[], loop?: number): Line[] {
  const users = new Map<number, Set<string>>();
  for (const { task, objects } of steps) {
    for (const object of objects) {
      if (!users.has(object)) users.set(object, new Set());
      users.get(object)!.add(task);
    }
  }
  const isPrivate = (step: RecordedStep): boolean =>
    step.blocked === null && step.objects.every((object) => users.get(object)!.size === 1);
  const lines: Line[] = [];
  for (let i = 0; i < steps.length; ) {
    const step = steps[i]!;
    if (i === loop) lines.push({ task: step.task, text: '<from here on again and again>', isNote: true });
    let end = i;
    while (
      end < steps.length &&
      steps[end]!.task === step.task &&
      isPrivate(steps[end]!) &&
      (end === i || end !== loop)
    )
      end++;
    if (end - i > MAX_PRIVATE_RUN) {
      lines.push({ task: step.task, text: '...', isNote: false });
      i = end;
      continue;
    }
    lines.push({ task: step.task, text: step.label, isNote: false });
    if (step.blocked !== null) lines.push({ task: step.task, text: `<${step.blocked}>`, isNote: true });
    i++;
  }
  return lines;
}

function columns(tasks: readonly string[], lines: readonly Line[]): string[] {
  const step = tasks.length <= 2 ? 40 : tasks.length === 3 ? 24 : 16;
  const drawn = [...header(tasks, step)];
  for (const { task, text, isNote } of lines) {
    const offset = tasks.indexOf(task) * step;
    drawn.push(...wrap(text, offset, isNote ? '    ' : '  '));
  }
  return drawn;
}

/** The names over their columns: on one line where they fit, else each on its own. */
function header(tasks: readonly string[], step: number): string[] {
  if (tasks.some((task, index) => index + 1 < tasks.length && task.length >= step)) {
    return tasks.map((task, index) => '\t'.repeat((index * step) / TAB) + task);
  }
  let line = '';
  for (const [index, task] of tasks.entries()) {
    if (index > 0) line += '\t'.repeat(Math.ceil((index * step - columnOf(line)) / TAB));
    line += task;
  }
  return [line];
}

function columnOf(line: string): number {
  let column = 0;
  for (const char of line) column = char === '\t' ? (Math.floor(column / TAB) + 1) * TAB : column + 1;
  return column;
}

/** Text at a column, broken between words; what follows hangs one space deeper. */
function wrap(text: string, offset: number, indent: string): string[] {
  const left = '\t'.repeat(offset / TAB);
  const lines: string[] = [];
  let line = indent;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && offset + line.length + 1 + word.length > WIDTH) {
      lines.push(left + line);
      line = `${indent} `;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, left + line];
}

/** Too many tasks for columns: one line a step, with its task's name. */
function list(lines: readonly Line[]): string[] {
  const width = Math.min(24, Math.max(...lines.map(({ task }) => task.length)));
  return lines.map(({ task, text, isNote }) => `${task.padEnd(width)}  ${isNote ? '  ' : ''}${text}`);
}
