/**
 * A program: locks by name and the steps that take and release them, in the notation of the conformance cases. Steps are
 * lowered here to primitive operations, which the naive reference and the real validator are both driven by.
 */
import type { ContextKind, LockKindName, Mode, ReportKind } from '@lockdep/core';

export interface ProgramLock {
  readonly kind: LockKindName;
  /** Locks of one class share it; default: the lock's name. */
  readonly class?: string;
  readonly validate?: boolean;
  readonly track?: boolean;
}

export interface AcquireStep {
  readonly op: 'acquire';
  readonly lock: string;
  readonly mode?: Mode;
  readonly trylock?: boolean;
  readonly subclass?: number;
  readonly check?: boolean;
  readonly nest?: string;
  readonly sync?: boolean;
}

export interface LockStep {
  readonly op: 'release' | 'downgrade';
  readonly lock: string;
}

export interface ReclassStep {
  readonly op: 'set_class';
  readonly lock: string;
  readonly class?: string;
  readonly subclass?: number;
}

export interface TaskStep {
  readonly op: 'task';
  readonly id: string;
}

export interface IrqStep {
  readonly op: 'irq';
  readonly state:
    | 'hard-disable'
    | 'hard-enable'
    | 'soft-disable'
    | 'soft-enable'
    | 'hard-enter'
    | 'hard-exit'
    | 'soft-enter'
    | 'soft-exit';
  readonly threaded?: boolean;
}

/** A context kind beside the two interrupts: nothing is implied, a handler does not disable its own kind. */
export interface ContextStep {
  readonly op: 'enter' | 'exit' | 'enable' | 'disable';
  readonly kind: string;
  readonly threaded?: boolean;
}

export type Step = AcquireStep | LockStep | ReclassStep | TaskStep | IrqStep | ContextStep;
export type Primitive = Exclude<Step, IrqStep>;

export interface Program {
  readonly locks: Readonly<Record<string, ProgramLock>>;
  /** By class: the locks in the order in which nesting them is legal. */
  readonly ordered?: Readonly<Record<string, readonly string[]>>;
  /** Context kinds beside hardirq and softirq. */
  readonly contexts?: readonly ContextKind[];
  readonly steps: readonly Step[];
}

/** What a program's first report is, and in which step it appears. */
export interface FirstReport {
  readonly step: number;
  readonly kind: ReportKind;
}

export const classOf = (program: Program, lock: string): string => {
  const { class: named, validate, track } = program.locks[lock]!;
  // Locks that are not validated leave their class for one that they all share, as in Linux.
  if (validate === false) return ' novalidate';
  return track === false ? ' notrack' : (named ?? lock);
};

/** What the interrupt states do; a handler runs with its own kind (a soft one with both) disabled. */
export function lowered(step: Step): readonly Primitive[] {
  if (step.op !== 'irq') return [step];
  const threaded = step.threaded === true ? { threaded: true } : {};
  switch (step.state) {
    case 'hard-disable':
      return [{ op: 'disable', kind: 'hardirq' }];
    case 'hard-enable':
      return [{ op: 'enable', kind: 'hardirq' }];
    case 'soft-disable':
      return [{ op: 'disable', kind: 'softirq' }];
    case 'soft-enable':
      return [{ op: 'enable', kind: 'softirq' }];
    case 'hard-enter':
      return [
        { op: 'disable', kind: 'hardirq' },
        { op: 'enter', kind: 'hardirq', ...threaded },
      ];
    case 'hard-exit':
      return [
        { op: 'exit', kind: 'hardirq' },
        { op: 'enable', kind: 'hardirq' },
      ];
    case 'soft-enter':
      return [
        { op: 'disable', kind: 'softirq' },
        { op: 'disable', kind: 'hardirq' },
        { op: 'enter', kind: 'softirq' },
      ];
    case 'soft-exit':
      return [
        { op: 'exit', kind: 'softirq' },
        { op: 'enable', kind: 'hardirq' },
        { op: 'enable', kind: 'softirq' },
      ];
  }
}

const MODE_LETTERS: Readonly<Record<Mode, string>> = { write: 'W', read: 'r', 'recursive-read': 'R' };

function stepText(step: Step): string {
  switch (step.op) {
    case 'acquire': {
      const lock = step.lock + (step.subclass === undefined ? '' : `/${step.subclass}`);
      const nest = step.nest === undefined ? '' : ` under ${step.nest}`;
      const flags = `${step.trylock === true ? 'try' : ''}${step.check === false ? 'unchecked' : ''}${step.sync === true ? 'sync' : ''}`;
      return `${flags}${MODE_LETTERS[step.mode ?? 'write']}(${lock}${nest})`;
    }
    case 'release':
      return `-${step.lock}`;
    case 'downgrade':
      return `downgrade(${step.lock})`;
    case 'set_class':
      return `set_class(${step.lock}, ${step.class ?? ''}/${step.subclass ?? 0})`;
    case 'task':
      return `${step.id}:`;
    case 'irq':
      return `${step.state}${step.threaded === true ? '(threaded)' : ''}`;
    default:
      return `${step.op}-${step.kind}${step.threaded === true ? '(threaded)' : ''}`;
  }
}

/** A program on a few lines, with the program itself below it, ready to be pasted into a test. */
export function programText(program: Program): string {
  const steps = program.steps.map((step, index) => `${index} ${stepText(step)}`).join(' | ');
  return `${steps}\n${JSON.stringify(program)}`;
}
