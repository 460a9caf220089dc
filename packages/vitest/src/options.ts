/**
 * How a project is checked: `provide: { lockdep: { … } }` in the vitest configuration, which reaches the workers and the reporter.
 * The environment wins: `LOCKDEP=off|warn|fail`, `LOCKDEP_BASELINE=update`, `LOCKDEP_SEED=42`.
 */
/** What a report does to a test: fail it, warn, or nothing. */
export type LockdepMode = 'fail' | 'warn' | 'off';

/** Settings of the setup and the reporter; the environment wins. */
export interface LockdepOptions {
  /** What a report of level warning or error does to the test that caused it. Default `fail`. */
  readonly mode?: LockdepMode;
  /** File of known findings, relative to the root. Default `lockdep.baseline.json`; a missing file is an empty one. */
  readonly baseline?: string;
}

export interface Settings {
  readonly mode: LockdepMode;
  readonly baseline: string;
  /** The run writes the baseline anew, so nothing fails. */
  readonly updating: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    lockdep: LockdepOptions;
  }
}

const MODES: readonly string[] = ['fail', 'warn', 'off'];

/** Options with environment and defaults. @throws TypeError for a mode that does not exist. */
export function settings(
  options: LockdepOptions | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const mode = env['LOCKDEP'] ?? options?.mode ?? 'fail';
  if (!MODES.includes(mode)) {
    throw new TypeError(`lockdep mode '${mode}' is unknown: set LOCKDEP or provide.lockdep.mode to fail, warn or off`);
  }
  return {
    mode: mode as LockdepMode,
    baseline: options?.baseline ?? 'lockdep.baseline.json',
    updating: env['LOCKDEP_BASELINE'] === 'update',
  };
}
