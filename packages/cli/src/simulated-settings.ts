/** Options of the commands that run simulated file systems: defects by name, and numbers. */
import type { BugSwitches } from '@lockdep/page-cache';
import { UsageError } from './usage-error.ts';

/** The switches given, and which of them the engine has never looked at. */
export function switches(words: readonly string[]): { readonly seen: BugSwitches; unread(): string[] } {
  const given = new Map(words.map(parseSwitch));
  const read = new Set<string>();
  const seen = new Proxy(Object.fromEntries(given), {
    get(target, name) {
      read.add(String(name));
      return Reflect.get(target, name) as unknown;
    },
  });
  return { seen, unread: () => [...given.keys()].filter((name) => !read.has(name)) };
}

function parseSwitch(word: string): [string, boolean | string] {
  const [, name, value] = /^([\w.]+)=(\w+)$/.exec(word) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--bug ${word}: give a switch and its value`, 'as in --bug isizeExtendedMkclean=false');
  }
  return [name, value === 'true' ? true : value === 'false' ? false : value];
}

/** The number that an option was given. */
export function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0) {
    throw new UsageError(`--${option} ${text}: give a whole number`);
  }
  return number;
}
