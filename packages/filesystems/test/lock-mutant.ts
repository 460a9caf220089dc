/**
 * Takes one acquisition of a lock out of the engine, wherever it is written, together with its release: a mutant.
 *
 * A site is a place in the source where a lock is acquired, known by the innermost function of the engine on the stack and the class of
 * the lock. The methods through which everything takes and releases locks are replaced while a mutant lives; no code of the engine knows.
 */
import { BitLock, currentRuntime, Mutex } from '@lockdep/locks';
import { AnnotatedLock, immediate } from '@lockdep/page-cache';

/** `filemapUpdatePage (filemap-get-pages): mapping.invalidate_lock`, with a number where a function has several. */
export type LockSite = string;

interface Lock {
  readonly label: string;
  readonly state?: { readonly owner?: object | null };
}

type Method = (this: Lock, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

const above = (prototype: object): object => Object.getPrototypeOf(prototype) as object;
/** Where `start`, `startTry` and `startRelease` live: what every lock that waits goes through. */
const locks = above(Mutex.prototype) as Methods;
const bits = BitLock.prototype as unknown as Methods;
const annotated = AnnotatedLock.prototype as unknown as Methods;

/** These only pass on what their caller does. */
const PASSES_ON = /^(invalidate-lock|killable-rwsem|lock-two|annotated-lock)$/;

interface Place {
  readonly name: string;
  readonly file: string;
  readonly at: string;
}

/** The innermost function of the engine on the stack. */
function place(): Place | null {
  const before = [Error.prepareStackTrace, Error.stackTraceLimit] as const;
  Error.stackTraceLimit = 12;
  Error.prepareStackTrace = (_, frames) => frames;
  const frames = new Error().stack as unknown as NodeJS.CallSite[];
  [Error.prepareStackTrace, Error.stackTraceLimit] = before;
  const [inner] = frames.filter((frame) => {
    const file = fileOf(frame);
    return file !== null && !PASSES_ON.test(file);
  });
  if (inner === undefined) return null;
  // A closure within one step has no name: the file says enough.
  const name = inner.getFunctionName() ?? 'a step';
  return { name, file: fileOf(inner)!, at: `${inner.getLineNumber()}:${inner.getColumnNumber()}` };
}

/** The name of a file of the engine, without its ending. */
function fileOf(frame: NodeJS.CallSite): string | null {
  return (
    /\/(?:page-cache|filesystems)\/src\/(?:.*\/)?([\w-]+)\.ts/.exec(String(frame.getFileName() ?? ''))?.[1] ?? null
  );
}

/** What instances of a class have in common. */
const classOf = (lock: Lock): string => lock.label.replace(/\(.*$/, '');

/** Numbers the places of a function in the order in which they are met. */
class Sites {
  readonly #names = new Map<string, LockSite>();
  readonly #counts = new Map<string, number>();

  nameOf(lock: Lock): LockSite | null {
    const here = place();
    if (here === null) return null;
    const key = `${here.file}:${here.at} ${classOf(lock)}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const base = `${here.name} (${here.file}): ${classOf(lock)}`;
    const count = (this.#counts.get(base) ?? 0) + 1;
    this.#counts.set(base, count);
    const name = count === 1 ? base : `${base}, ${count}`;
    this.#names.set(key, name);
    return name;
  }
}

const sites = new Sites();

/** Runs `body` and answers the sites at which it took locks, in tasks that count. */
export function lockSites(body: () => void, counts: (task: string) => boolean = () => true): Set<LockSite> {
  const met = new Set<LockSite>();
  const note = (lock: Lock): false => {
    const site = counts(currentRuntime()!.agent().name) ? sites.nameOf(lock) : null;
    if (site !== null) met.add(site);
    return false;
  };
  withLocks(note, body);
  return met;
}

/** Runs `body` with the acquisitions of one site taken out. */
export function withoutLockSite<T>(site: LockSite, body: () => T): T {
  return withLocks((lock) => sites.nameOf(lock) === site, body);
}

/** `skips` is asked at every acquisition; one that it skips succeeds without the lock, and its release does nothing. */
function withLocks<T>(skips: (lock: Lock) => boolean, body: () => T): T {
  const holds = new WeakMap<object, object[]>();
  const here = (): object => currentRuntime()!.agent();

  /** The lock is not taken; whoever believes to hold it is remembered. */
  function pretend(lock: Lock): void {
    const believers = holds.get(lock);
    if (believers === undefined) holds.set(lock, [here()]);
    else believers.push(here());
  }

  /** Whether this release is of a lock that was never taken. A bit may be released by the I/O that it was handed to. */
  function wasPretended(lock: Lock): boolean {
    const believers = holds.get(lock);
    if (believers === undefined || believers.length === 0) return false;
    const own = believers.indexOf(here());
    if (own < 0 && !(lock instanceof BitLock && lock.state?.owner !== here())) return false;
    believers.splice(Math.max(0, own), 1);
    return true;
  }

  const restores: (() => void)[] = [];
  function replace(methods: Methods, name: string, make: (original: Method) => Method): void {
    const original = methods[name]!;
    methods[name] = make(original);
    restores.push(() => {
      methods[name] = original;
    });
  }

  const taking =
    (answer: unknown) =>
    (original: Method): Method =>
      function (...args) {
        if (!skips(this)) return original.apply(this, args);
        pretend(this);
        return immediate(answer);
      };
  replace(locks, 'start', taking(undefined));
  replace(locks, 'startTry', taking(true));
  replace(
    locks,
    'startRelease',
    (original) =>
      function (...args) {
        return wasPretended(this) ? immediate(undefined) : original.apply(this, args);
      },
  );
  replace(
    bits,
    'transfer',
    (original) =>
      function (...args) {
        return (holds.get(this)?.length ?? 0) > 0 ? immediate(undefined) : original.apply(this, args);
      },
  );
  for (const name of ['acquire', 'acquireRead', 'acquireRecursiveRead']) {
    replace(
      annotated,
      name,
      (original) =>
        function (...args) {
          if (skips(this)) pretend(this);
          else original.apply(this, args);
          return undefined;
        },
    );
  }
  replace(
    annotated,
    'around',
    (original) =>
      function (...args) {
        return skips(this) ? (args[0] as () => unknown)() : original.apply(this, args);
      },
  );
  replace(
    annotated,
    'release',
    (original) =>
      function (...args) {
        return wasPretended(this) ? undefined : original.apply(this, args);
      },
  );
  try {
    return body();
  } finally {
    for (const restore of restores.toReversed()) restore();
  }
}
