/**
 * Reader of /proc/lockdep: the classes of a kernel and those dependencies it prints (distance 1 only).
 *
 * All columns between key and name depend on the kernel's configuration and age and may be missing: `OPS:`
 * (DEBUG_LOCKDEP), `FD:` `BD:` and the usage characters (PROVE_LOCKING; four characters, six in kernels that still had
 * RECLAIM_FS). Keys are kept as text: they may be hashed or hidden. Cost: the graph is kept in memory, as it is in the
 * kernel.
 */
import { TextLines } from './text-lines.ts';
import { quoteLine, TraceError } from './trace-error.ts';
import { type ReadTraceOptions, readTrace, sourceName, type TraceSource } from './trace-source.ts';

/** One class line. */
export interface ProcClass {
  /** Address of the class key as printed. */
  readonly key: string;
  /** As printed: `name#version/subclass`. */
  readonly name: string;
  /** The name alone. */
  readonly baseName: string;
  readonly version: number;
  readonly subclass: number;
  /** Acquisitions, or `null` when the kernel does not print them; and so on. */
  readonly ops: number | null;
  readonly forward: number | null;
  readonly backward: number | null;
  /** Usage characters, `+.-?` for hardirq, hardirq-read, softirq, softirq-read. */
  readonly usage: string | null;
}

/**
 * One ` -> ` line: `to` was taken directly while `from` was held. Keys and display names; a key is '' when not printed.
 */
export interface ProcDependency {
  readonly from: string;
  readonly to: string;
  readonly fromName: string;
  readonly toName: string;
}

/** A whole /proc/lockdep. */
export interface ProcLockdep {
  readonly classes: readonly ProcClass[];
  readonly dependencies: readonly ProcDependency[];
}

const KEY = String.raw`(?:0x)?([0-9a-fA-F]{1,16}|\(____ptrval____\)|\(null\))`;
const CLASS = new RegExp(
  String.raw`^${KEY}(?: OPS: *(\d+))?(?: FD: *(\d+))?(?: BD: *(\d+))?(?: ([.+?-]{4,6}))?: (.+)$`,
);
const DEPENDENCY = new RegExp(String.raw`^ -> (?:\[${KEY}\] )?(.+)$`);

/**
 * @example
 * const { dependencies } = await readProcLockdep('/proc/lockdep');
 * @throws TraceError
 */
export async function readProcLockdep(source: TraceSource, options: ReadTraceOptions = {}): Promise<ProcLockdep> {
  const file = sourceName(source, options);
  const classes: ProcClass[] = [];
  const dependencies: ProcDependency[] = [];
  const lines = new TextLines((line, number) => {
    if (line === '' || line === 'all lock classes:') return;
    const from = classes.at(-1);
    const dependency = DEPENDENCY.exec(line);
    if (dependency !== null && from !== undefined) {
      dependencies.push({ from: from.key, to: dependency[1] ?? '', fromName: from.name, toName: dependency[2]! });
      return;
    }
    const parsed = dependency === null ? parseClass(line) : null;
    if (parsed === null) throw badLine(file, number, line, classes.length === 0);
    classes.push(parsed);
  }, file);
  for await (const chunk of readTrace(source, options)) lines.push(chunk);
  lines.end();
  return { classes, dependencies };
}

function parseClass(line: string): ProcClass | null {
  const match = CLASS.exec(line);
  if (match === null) return null;
  const name = match[6]!;
  return {
    key: match[1]!,
    name,
    ...splitClassName(name),
    ops: numberOrNull(match[2]),
    forward: numberOrNull(match[3]),
    backward: numberOrNull(match[4]),
    usage: match[5] ?? null,
  };
}

/** Takes a display name `name#version/subclass` apart. */
export function splitClassName(name: string): { baseName: string; version: number; subclass: number } {
  const match = /^(.+?)(?:#(\d+))?(?:\/([0-7]))?$/s.exec(name);
  return { baseName: match?.[1] ?? name, version: Number(match?.[2] ?? 1), subclass: Number(match?.[3] ?? 0) };
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function badLine(file: string, line: number, text: string, isFirst: boolean): TraceError {
  return new TraceError({
    code: isFirst ? 'wrong-format' : 'malformed',
    file,
    line,
    problem: `not a line of /proc/lockdep: ${quoteLine(text)}`,
    hint: 'give a whole copy of /proc/lockdep (`cat /proc/lockdep > FILE`, as root)',
  });
}
