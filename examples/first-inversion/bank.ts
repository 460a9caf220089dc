/** A bank with three locks and three functions, each of which looks fine beside any other. */
import { Mutex } from '@lockdep/locks';

export interface Bank {
  transfer(): Promise<string>;
  closeDay(): Promise<string>;
  readMail(): Promise<string>;
}

export function openBank(): Bank {
  const accounts = new Mutex({ name: 'accounts' });
  const journal = new Mutex({ name: 'journal' });
  const mailbox = new Mutex({ name: 'mailbox' });
  return {
    transfer: () => accounts.runExclusive(() => journal.runExclusive(() => 'booked')),
    closeDay: () => journal.runExclusive(() => mailbox.runExclusive(() => 'statement sent')),
    readMail: () => mailbox.runExclusive(() => accounts.runExclusive(() => 'order taken')),
  };
}
