/**
 * Which class a lock belongs to when the program gives no key: that of its kind and name, else of the place of `new`.
 *
 * One key per kind and name in the process, kept for good: a name is for a class, not for an instance. A name costs two
 * look-ups, a place the text of one stack frame (a few microseconds per lock made).
 */
import { LockKey, type LockKindName, parseStack } from '@lockdep/core';
import { shared } from './shared.ts';

type Keys = Map<string, LockKey>;
const byName = shared('@lockdep/keys', () => new Map<LockKindName, Keys>());
/** By the text of the frame, which need then be parsed only once. */
const byPlace = shared('@lockdep/places', () => new Map<LockKindName, Keys>());

/** `made` is the constructor or function that the program called. */
export function classKey(
  kind: LockKindName,
  name: string | undefined,
  made: NewableFunction | CallableFunction,
): LockKey {
  const place = name === undefined ? placeOf(made) : undefined;
  const index = name ?? place!;
  const keys = keysOf(place === undefined ? byName : byPlace, kind);
  let key = keys.get(index);
  if (key === undefined) {
    key = new LockKey({ name: name ?? placeName(index), kind });
    keys.set(index, key);
  }
  return key;
}

function keysOf(table: Map<LockKindName, Keys>, kind: LockKindName): Keys {
  let keys = table.get(kind);
  if (keys === undefined) {
    keys = new Map();
    table.set(kind, keys);
  }
  return keys;
}

/** The frame that called the constructor, as text. */
function placeOf(made: NewableFunction | CallableFunction): string {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace?.(holder, made);
  Error.stackTraceLimit = stackTraceLimit;
  return holder.stack ?? '';
}

/** `…/src/bank.ts:12:7` → `src/bank.ts:12` */
function placeName(place: string): string {
  const frame = parseStack(place)[0];
  if (frame?.file === undefined) return 'unnamed';
  return `${frame.file.split(/[\\/]/).slice(-2).join('/')}:${frame.line}`;
}
