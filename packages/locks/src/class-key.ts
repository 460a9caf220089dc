/**
 * Which class a lock belongs to when the program gives no key: that of its kind and name, else of the place of `new`.
 *
 * One key per kind and name in the process, kept for good: a name is for a class, not for an instance. Finding the place costs
 * a parsed stack (about 6 µs per lock made), so name locks that are made by the thousand.
 */
import { captureSite, LockKey, type LockKindName } from '@lockdep/core';
import { shared } from './shared.ts';

const keys = shared('@lockdep/keys', () => new Map<string, LockKey>());

export function classKey(kind: LockKindName, name: string | undefined): LockKey {
  const identity = name ?? creationSite();
  const index = `${kind} ${identity}`;
  let key = keys.get(index);
  if (key === undefined) {
    key = new LockKey({ name: name ?? shortened(identity), kind });
    keys.set(index, key);
  }
  return key;
}

function creationSite(): string {
  const frame = captureSite().frames[0];
  if (frame?.file === undefined) return 'unnamed';
  return `${frame.file}:${frame.line}:${frame.column}`;
}

/** `…/src/bank.ts:12:7` → `src/bank.ts:12` */
function shortened(site: string): string {
  return site.split(/[\\/]/).slice(-2).join('/').replace(/:\d+$/, '');
}
