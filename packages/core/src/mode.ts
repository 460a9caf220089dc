/**
 * How a lock is taken: the three modes and the flags of one acquisition, packed into a small integer.
 *
 * The hot path passes this integer (`how`) around; {@link how} builds it once per call site or lock kind from readable
 * options. Layout: bits 0–1 mode, 2 trylock, 3 unchecked, 4 nested (a nest lock is named), 5 sync, 8–10 subclass.
 */

/** Exclusive, fair (non-recursive) reader, or recursive reader: what a reader may be blocked by differs (lockdep's W, r, R). */
export type Mode = 'write' | 'read' | 'recursive-read';

/** Mode of an acquisition: exclusive. */
export const WRITE = 0;
/** Mode of an acquisition: shared; it may have to wait behind a waiting writer. */
export const READ = 1;
/** Mode of an acquisition: shared, and never behind a waiting writer. */
export const RECURSIVE_READ = 2;
/** The bits of an acquisition that are its mode. */
export const MODE_MASK = 3;
/** Flag of an acquisition: it cannot block. */
export const TRYLOCK: number = 1 << 2;
/** Flag of an acquisition: held, but no order is learned or checked. */
export const UNCHECKED: number = 1 << 3;
/** Flag of an acquisition: a nest lock is named. */
export const NESTED: number = 1 << 4;
/** Flag of an acquisition: a wait for all holders that holds nothing afterwards. */
export const SYNC: number = 1 << 5;
/** Where in an acquisition its subclass stands. */
export const SUBCLASS_SHIFT = 8;
/** Subclasses 0–7, as in Linux (`MAX_LOCKDEP_SUBCLASSES`). */
export const MAX_SUBCLASSES = 8;

const MODES: readonly Mode[] = ['write', 'read', 'recursive-read'];

/** Options of one acquisition; every field has the kernel's default. */
export interface AcquireOptions {
  /** Default `write`. */
  readonly mode?: Mode;
  /** The acquisition cannot block (and has succeeded): no dependency *to* it, but those *from* it. Default false. */
  readonly trylock?: boolean;
  /** Which level of a hierarchy of equal locks this is, 0–7; each is a class of its own. Default: the lock's own. */
  readonly subclass?: number;
  /** `false`: keep it on the held stack but learn and check no order. Default true. */
  readonly check?: boolean;
  /** Wait for all holders without holding anything afterwards (`synchronize_srcu`). Default false. */
  readonly sync?: boolean;
}

/**
 * Packs acquire options into the integer that {@link Validator.acquire} takes.
 *
 * @example
 * const readNested = how({ mode: 'read', subclass: 1 });
 * @throws RangeError when `subclass` is not an integer from 0 to 7.
 */
export function how(options: AcquireOptions): number {
  const subclass = options.subclass ?? 0;
  if (!Number.isInteger(subclass) || subclass < 0 || subclass >= MAX_SUBCLASSES) {
    throw new RangeError(
      `looking up invalid subclass ${subclass}: a subclass is an integer from 0 to ${MAX_SUBCLASSES - 1}`,
    );
  }
  const mode = MODES.indexOf(options.mode ?? 'write');
  if (mode < 0) throw new RangeError(`unknown mode '${options.mode}': use ${MODES.join(', ')}`);
  return (
    mode |
    (options.trylock === true ? TRYLOCK : 0) |
    (options.check === false ? UNCHECKED : 0) |
    (options.sync === true ? SYNC : 0) |
    (subclass << SUBCLASS_SHIFT)
  );
}

/** The mode of a packed acquisition, by name. */
export function modeName(how: number): Mode {
  return MODES[how & MODE_MASK]!;
}
