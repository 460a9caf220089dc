/** Parsing of a command's options, with errors that name the command. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Options given and the positional arguments. @throws UsageError for an unknown or incomplete option. */
export function parseOptions<const T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
): { values: ReturnType<typeof parseArgs<{ options: T }>>['values']; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0]! : String(error);
    throw new UsageError(message, `see \`lockdep ${command} --help\``);
  }
}

/** One of a fixed set of values. @throws UsageError that lists them. */
export function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`--${option} ${value}: use one of ${allowed.join(', ')}`);
  return found;
}
