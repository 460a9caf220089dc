/**
 * Decides whether a JSON value is a line of the trace format, and whether it is a sound one.
 *
 * A table per kind of line names its members; members it does not name are ignored, so that a logger may add its own and later
 * versions theirs. Cost: one look-up per member of the table.
 */
import { type HeaderLine, type RecordLine, TRACE_VERSION, type TraceLine } from './ndjson-lines.ts';

type Check = (value: unknown) => boolean;

const id: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const text: Check = (value) => typeof value === 'string';
const subclass: Check = (value) => id(value) && (value as number) < 8;
const mode: Check = (value) => value === 'write' || value === 'read' || value === 'recursive-read';
const flag: Check = (value) => typeof value === 'boolean';
const wait: Check = (value) =>
  Array.isArray(value) && value.length === 2 && value.every((type) => id(type) && type <= 5);
const frames: Check = (value) => Array.isArray(value) && value.every((frame) => isObject(frame) && text(frame['text']));
const pairs: Check = (value) =>
  Array.isArray(value) && value.every((pair) => Array.isArray(pair) && id(pair[0]) && typeof pair[1] === 'number');

interface Members {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

const LOCK_EVENT: Members = { required: { task: id, lock: id } };
const CONTEXT: Members = { required: { task: id, context: text }, optional: { threaded: flag, site: id } };

const MEMBERS: Readonly<Record<RecordLine['lockdep'], Members>> = {
  class: {
    required: { id, name: text },
    optional: { kind: text, wait, lockType: text, validate: flag, track: flag, compares: flag },
  },
  lock: { required: { id, class: id, label: text }, optional: { subclass } },
  task: { required: { id, name: text }, optional: { parent: id } },
  site: { required: { id, frames } },
  acquire: {
    required: { task: id, lock: id },
    optional: { mode, trylock: flag, subclass, check: flag, sync: flag, nest: id, site: id, compared: pairs },
  },
  contended: { required: { task: id, lock: id }, optional: { site: id } },
  acquired: LOCK_EVENT,
  cancel: LOCK_EVENT,
  release: LOCK_EVENT,
  downgrade: LOCK_EVENT,
  init: LOCK_EVENT,
  dispose: LOCK_EVENT,
  'set-class': { required: { task: id, lock: id, class: id }, optional: { subclass } },
  transfer: { required: { task: id, to: id, lock: id } },
  'end-task': { required: { task: id } },
  'enter-context': CONTEXT,
  'exit-context': CONTEXT,
  'enable-context': CONTEXT,
  'disable-context': CONTEXT,
};

/**
 * The line, `null` when the value is no line of ours at all, or what is wrong with it.
 */
export function checkTraceLine(value: unknown): TraceLine | null | { readonly problem: string } {
  if (!isObject(value)) return null;
  if (value['type'] === 'lockdep-trace' && !('lockdep' in value)) return checkHeader(value);
  const kind = value['lockdep'];
  if (typeof kind !== 'string') return null;
  if (!Object.hasOwn(MEMBERS, kind)) return { problem: `unknown kind of line '${kind}'` };
  const { required, optional = {} } = MEMBERS[kind as RecordLine['lockdep']];
  for (const [member, check] of Object.entries(required)) {
    if (!check(value[member])) return { problem: bad(kind, member, value[member]) };
  }
  for (const [member, check] of Object.entries(optional)) {
    if (value[member] !== undefined && !check(value[member])) return { problem: bad(kind, member, value[member]) };
  }
  return value as unknown as RecordLine;
}

function checkHeader(value: Record<string, unknown>): HeaderLine | { readonly problem: string } {
  const { version, contexts } = value as { version?: unknown; contexts?: unknown };
  if (!id(version)) return { problem: bad('header', 'version', version) };
  if ((version as number) > TRACE_VERSION) {
    return { problem: `the trace has version ${version}, this lockdep reads up to ${TRACE_VERSION}` };
  }
  const sound =
    contexts === undefined ||
    (Array.isArray(contexts) && contexts.every((kind) => isObject(kind) && text(kind['name'])));
  return sound ? (value as unknown as HeaderLine) : { problem: bad('header', 'contexts', contexts) };
}

function bad(kind: string, member: string, value: unknown): string {
  return value === undefined
    ? `${kind}: member '${member}' is missing`
    : `${kind}: ${JSON.stringify(value)} is no '${member}'`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
