/**
 * `lockdep.config.ts`: what the reporting commands of a project have in common. The command line beats it; paths in it are relative to
 * its file.
 */
import type { Suppression } from '@lockdep/graph';
import { closest } from './closest.ts';
import { FORMATS, type Format } from './formats.ts';
import { UsageError } from './usage-error.ts';

/** The settings of `lockdep.config.ts`: what the commands take as options. The command line wins. */
export interface LockdepConfig {
  /** The baseline file, as `--baseline`. */
  readonly baseline?: string;
  /** As `--format`. Default `pretty`. */
  readonly format?: Format;
  /** `fail` (default): findings make the exit status 1; `warn`: they are shown, as by `--report-only`; `off`: `lockdep run` only runs. `LOCKDEP=off` in the environment beats it. */
  readonly mode?: 'fail' | 'warn' | 'off';
  /** Files that declare orders, as `--order`: what contradicts them is reported. */
  readonly orders?: readonly string[];
  /** What is not to be reported, with reasons, beside the suppressions of the baseline file. */
  readonly suppressions?: readonly Suppression[];
  /** Classes that pictures and the order are restricted to, with their neighbours, as `--around`. */
  readonly around?: readonly string[];
  /** Short names by which `--around` may call classes: `{ i_rwsem: '&sb->s_type->i_mutex_key' }`. */
  readonly classNames?: Readonly<Record<string, string>>;
}

/**
 * Gives the configuration its type.
 *
 * @example
 * // lockdep.config.ts
 * import { defineConfig } from 'lockdep';
 * export default defineConfig({ baseline: 'lockdep.baseline.json', orders: ['locking.order'] });
 */
export function defineConfig(config: LockdepConfig): LockdepConfig {
  return config;
}

type Check = (value: unknown) => string | null;

const text: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'is no text');
const texts: Check = (value) =>
  Array.isArray(value) && value.every((item) => text(item) === null) ? null : 'is no list of texts';
const oneOf =
  (allowed: readonly string[]): Check =>
  (value) => {
    if (typeof value === 'string' && allowed.includes(value)) return null;
    const near = typeof value === 'string' ? closest(value, allowed) : null;
    return `is ${JSON.stringify(value)}, none of ${allowed.join(', ')}${near === null ? '' : ` (did you mean ${near}?)`}`;
  };
const names: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && texts(Object.values(value)) === null
    ? null
    : 'does not map names to class names';

const CHECKS: Readonly<Record<keyof LockdepConfig, Check>> = {
  baseline: text,
  format: oneOf(FORMATS),
  mode: oneOf(['fail', 'warn', 'off']),
  orders: texts,
  // What each has to say is the baseline's matter.
  suppressions: (value) => (Array.isArray(value) ? null : 'is no list'),
  around: texts,
  classNames: names,
};

/** @throws UsageError that names the setting that is wrong or unknown. */
export function checkConfig(value: unknown, file: string): LockdepConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${file}: no configuration in it`, 'export default defineConfig({ … }), or a JSON object');
  }
  const known = Object.keys(CHECKS);
  for (const [name, setting] of Object.entries(value)) {
    // Editors read the schema by it.
    if (name === '$schema' || setting === undefined) continue;
    if (!known.includes(name)) {
      const near = closest(name, known);
      const hint = near === null ? `there are ${known.join(', ')}` : `did you mean '${near}'?`;
      throw new UsageError(`${file}: no setting is called '${name}'`, hint);
    }
    const problem = CHECKS[name as keyof LockdepConfig](setting);
    if (problem !== null)
      throw new UsageError(`${file}: ${name} ${problem}`, 'see packages/cli/README.md for the settings');
  }
  return value as LockdepConfig;
}
