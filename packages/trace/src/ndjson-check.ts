/**
 * Decides whether a JSON value is a line of the trace format, and whether it is a sound one.
 *
 * A table per kind of line names its members; members it does not name are ignored, so that a logger may add its own
 * and later versions theirs. Cost: one look-up per member of the table.
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
const scope: Check = (value) => text(value) || typeof value === 'number';
const keys: Check = (value) => isObject(value) && Object.values(value).every((key) => typeof key === 'number');
const order: Check = (value) =>
  isObject(value) && (text(value['by']) || (Array.isArray(value['by']) && value['by'].every(text)));
const pairs: Check = (value) =>
  Array.isArray(value) && value.every((pair) => Array.isArray(pair) && id(pair[0]) && typeof pair[1] === 'number');

/** The members of a kind of line: name and check of each, those it must have and those it may have. */
interface Members {
  readonly required: readonly (readonly [string, Check])[];
  readonly optional: readonly (readonly [string, Check])[];
}

const members = (
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Members => ({
  required: Object.entries(required),
  optional: Object.entries(optional),
});

const LOCK_EVENT = members({ task: id, lock: id });
const ACCESS = members({ task: id, variable: text });
const CONTEXT = members({ task: id, context: text }, { threaded: flag, site: id });

const MEMBERS: ReadonlyMap<string, Members> = new Map<RecordLine['lockdep'], Members>([
  [
    'class',
    members(
      { id, name: text },
      { kind: text, wait, lockType: text, validate: flag, track: flag, order, compares: flag },
    ),
  ],
  ['lock', members({ id, class: id, label: text }, { subclass, scope, keys })],
  ['task', members({ id, name: text }, { parent: id, inherits: id, awaited: flag })],
  ['site', members({ id, frames })],
  [
    'acquire',
    members(
      { task: id, lock: id },
      { mode, trylock: flag, subclass, check: flag, sync: flag, nest: id, site: id, compared: pairs },
    ),
  ],
  ['contended', members({ task: id, lock: id }, { site: id })],
  ['acquired', LOCK_EVENT],
  ['cancel', LOCK_EVENT],
  ['release', LOCK_EVENT],
  ['downgrade', LOCK_EVENT],
  ['init', LOCK_EVENT],
  ['dispose', LOCK_EVENT],
  ['set-class', members({ task: id, lock: id, class: id }, { subclass })],
  ['transfer', members({ task: id, to: id, lock: id })],
  ['end-task', members({ task: id })],
  ['join-task', members({ task: id, ended: id })],
  ['read', ACCESS],
  ['write', ACCESS],
  ['enter-context', CONTEXT],
  ['exit-context', CONTEXT],
  ['enable-context', CONTEXT],
  ['disable-context', CONTEXT],
]);

/**
 * The line, `null` when the value is no line of ours at all, or what is wrong with it.
 */
export function checkTraceLine(value: unknown): TraceLine | null | { readonly problem: string } {
  if (!isObject(value)) return null;
  if (value['type'] === 'lockdep-trace' && !('lockdep' in value)) return checkHeader(value);
  const kind = value['lockdep'];
  if (typeof kind !== 'string') return null;
  const known = MEMBERS.get(kind);
  if (known === undefined) return { problem: `unknown kind of line '${kind}'` };
  for (const [member, check] of known.required) {
    if (!check(value[member])) return { problem: bad(kind, member, value[member]) };
  }
  for (const [member, check] of known.optional) {
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
