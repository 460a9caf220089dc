/**
 * The one error of this package: the simulator was used wrongly, or met something it cannot schedule.
 *
 * Findings (a deadlock, a failed assertion) are never thrown, they are results. `code` tells the cases apart for programs.
 */
/** What kind of mistake a {@link SimulatorError} is about. */
export type SimulatorErrorCode =
  | 'foreign-wait'
  | 'not-a-task'
  | 'wrong-world'
  | 'misuse'
  | 'bad-option'
  | 'bad-program'
  | 'bad-schedule'
  | 'not-hashable'
  | 'nondeterministic';

/**
 * A program that cannot be explored, and why: `code` tells the cases apart, the message says what, where and what to do.
 */
export class SimulatorError extends Error {
  readonly code: SimulatorErrorCode;

  constructor(code: SimulatorErrorCode, message: string) {
    super(message);
    this.name = 'SimulatorError';
    this.code = code;
  }
}
