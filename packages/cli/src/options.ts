/** Parsing of a command's options, with errors that name the command and what may have been meant. */
import { parseArgs } from 'node:util';
import { didYouMean } from './closest.ts';
import type { Options } from './command.ts';
import { UsageError } from './usage-error.ts';

/** The options every command has. */
const COMMON = ['help'];

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
    const unknown = /^Unknown option '--([^']+)'/.exec(message)?.[1];
    const meant =
      unknown === undefined
        ? ''
        : didYouMean(
            `--${unknown}`,
            [...Object.keys(options), ...COMMON].map((name) => `--${name}`),
          );
    throw new UsageError(`${message}${meant}`, `see \`lockdep ${command} --help\``);
  }
}

/** One of a fixed set of values. @throws UsageError that lists them. */
export function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(`--${option} ${value}: use one of ${allowed.join(', ')}${didYouMean(value, allowed)}`);
  }
  return found;
}

/**
 * Where a command line that a command passes on begins: after `--`, or at the first argument that is neither an option nor the
 * value of one.
 */
export function passedOn(
  args: readonly string[],
  options: Options,
): { own: readonly string[]; rest: readonly string[] } {
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (word === '--') return { own: args.slice(0, at), rest: args.slice(at + 1) };
    if (!word.startsWith('-') || word === '-') return { own: args.slice(0, at), rest: args.slice(at) };
    const takesValue = Object.entries(options).some(
      ([name, { type, short }]) => type === 'string' && (word === `--${name}` || word === `-${short}`),
    );
    if (takesValue) at += 1;
  }
  return { own: args, rest: [] };
}
