import { Mutex } from '@lockdep/locks';

/** Two locks, and the two ways to nest them. */
export const accounts: Mutex = new Mutex({ name: 'accounts' });
export const journal: Mutex = new Mutex({ name: 'journal' });

export async function transfer(): Promise<void> {
  await accounts.runExclusive(() => journal.runExclusive(() => undefined));
}

export async function audit(): Promise<void> {
  await journal.runExclusive(() => accounts.runExclusive(() => undefined));
}
