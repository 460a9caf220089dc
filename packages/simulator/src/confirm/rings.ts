/**
 * Which tasks could be in the deadlock: rings of requests seen in ordinary runs that go round the circle, and for each what speaks against it.
 *
 * What speaks against a ring holds of the requests as they were seen; in another interleaving the same task may ask otherwise. So it tells
 * where steering is worth while, and explains what the search then proves; it refutes nothing by itself. (The conditions of the GoodLock
 * family: different tasks, no common guard, nothing that orders them, modes that exclude each other.)
 */
import type { World } from '../engine/world.ts';
import type { Circle } from './circle.ts';
import type { Request, Requests } from './request.ts';

/** Why a ring cannot come about as it was seen. */
export interface Objection {
  readonly by: 'gate' | 'order' | 'modes' | 'same-task';
  /** In words, without the tasks' names twice. */
  readonly reason: string;
}

/** Each asks for what the next one holds. */
export interface Ring {
  readonly requests: readonly Request[];
  readonly objection: Objection | null;
  /** Each asks for the very lock that the next one holds, not only for one of its class. */
  readonly meets: boolean;
}

const LONGEST = 5;
/** Rings that are looked at. */
const MOST = 400;
/** The objection that says most, first. */
const TELLING: readonly Objection['by'][] = ['gate', 'order', 'modes', 'same-task'];

/** Rings that nothing speaks against, the surest first; and the most telling of the objections when there is none. */
export function ringsOn(
  world: World,
  circle: Circle,
  seen: Requests,
): { readonly possible: readonly Ring[]; readonly objection: Objection | null } {
  const requests = seen.all.filter(
    ({ lockClass, held }) => circle.has(lockClass) && held.some((hold) => circle.has(hold.lockClass)),
  );
  const rings: Ring[] = [];
  const extend = (path: readonly Request[]): void => {
    const last = path.at(-1)!;
    for (const next of requests) {
      if (rings.length >= MOST) return;
      if (!next.held.some(({ lockClass }) => lockClass === last.lockClass)) continue;
      if (next === path[0]) {
        if (isOn(circle, path)) rings.push(ringOf(world, seen, path));
      } else if (path.length < LONGEST && isAfter(requests, next, path[0]!) && !path.includes(next)) {
        extend([...path, next]);
      }
    }
  };
  for (const request of requests) extend([request]);
  const possible = rings.filter(({ objection }) => objection === null);
  const objections = rings.flatMap(({ objection, meets }) => (objection === null ? [] : [{ objection, meets }]));
  const rank = ({ objection, meets }: { objection: Objection; meets: boolean }): number =>
    TELLING.indexOf(objection.by) + (meets ? 0 : TELLING.length);
  const telling = objections.toSorted((a, b) => rank(a) - rank(b))[0]?.objection ?? null;
  return {
    possible: possible.toSorted((a, b) => Number(b.meets) - Number(a.meets) || a.requests.length - b.requests.length),
    objection: possible.length > 0 ? null : telling,
  };
}

function isOn(circle: Circle, requests: readonly Request[]): boolean {
  return circle.isRealisedBy(
    requests.map(({ lockClass, classes }) => ({ lockClass, holdsPrevious: true, held: classes })),
  );
}

/** Rings are found once, from the first of their requests. */
const isAfter = (requests: readonly Request[], one: Request, other: Request): boolean =>
  requests.indexOf(one) > requests.indexOf(other);

function ringOf(world: World, seen: Requests, requests: readonly Request[]): Ring {
  const meets = requests.every(({ lock }, at) =>
    requests[(at + 1) % requests.length]!.held.some((hold) => hold.lock.id === lock.id),
  );
  return { requests, meets, objection: objectionTo(world, seen, requests) };
}

function objectionTo(world: World, seen: Requests, requests: readonly Request[]): Objection | null {
  const nameOf = ({ task }: Request): string => world.tasks[task]!.name;
  if (new Set(requests.map(({ task }) => task)).size < requests.length && requests.length > 1) {
    const names = new Set(requests.map(nameOf));
    const who =
      names.size === 1 ? `only ${[...names].join()}` : `only ${[...names].join(' and ')}, fewer than it takes,`;
    return { by: 'same-task', reason: `${who} asked for these locks in these orders` };
  }
  for (const [at, one] of requests.entries()) {
    for (const other of requests.slice(at + 1)) {
      const gate = commonGuard(one, other);
      if (gate !== null) {
        return {
          by: 'gate',
          reason: `${nameOf(one)} and ${nameOf(other)} ask while holding ${gate}, which keeps them apart`,
        };
      }
      const first = isOver(one, other) ? one : isOver(other, one) ? other : null;
      if (first !== null) {
        const later = first === one ? other : one;
        const reason = `by spawn and join, ${nameOf(later)} asks for ${later.lock.name} only after ${nameOf(first)} has got ${first.lock.name}`;
        return { by: 'order', reason };
      }
    }
  }
  for (const [at, request] of requests.entries()) {
    const next = requests[(at + 1) % requests.length]!;
    if (request.exclusive || requests.length === 1) continue;
    const hold = next.held.find(({ lockClass }) => lockClass === request.lockClass)!;
    // Readers wait in a queue, when a writer comes to stand in it.
    const canQueue = request.lock.kind === 'fairrw' && seen.written.has(request.lock.id);
    if (!hold.exclusive && !canQueue) {
      return {
        by: 'modes',
        reason: `${nameOf(request)} and ${nameOf(next)} both read ${request.lock.name}: readers do not wait for each other`,
      };
    }
  }
  return null;
}

/** A lock that both hold, in modes that exclude each other. */
function commonGuard(one: Request, other: Request): string | null {
  for (const { lock, exclusive } of one.held) {
    for (const hold of other.held) {
      if (hold.lock.id === lock.id && (exclusive || hold.exclusive) && lock.kind !== 'completion') return lock.name;
    }
  }
  return null;
}

/** Has the one got what it asked for before the other asks? */
function isOver(one: Request, other: Request): boolean {
  return (other.clock.get(one.task) ?? 0) > one.step;
}
