/**
 * What was seen of each dependency: its *sightings* (when it first appeared, and again when it got stronger: who, which two locks,
 * where each was taken) and its *witnesses* (under which circumstances, witness.ts).
 *
 * Most dependencies are seen once, so nothing is allocated for that: a sighting is a row of two columns, the first witness four
 * numbers that point into the chain trie; objects are made when somebody asks. Cost: O(1) for the first of each, about 100 bytes.
 */
import type { Acquisition } from './acquisition.ts';
import { type ChainTrie, LABEL_BITS } from './chain-trie.ts';
import { growInt32 } from './grow.ts';
import { MODE_MASK, WRITE } from './mode.ts';
import type { Site } from './report.ts';
import { INHERITED, type Task } from './task.ts';
import { type Clock, type EdgeWitnesses, forgetHeld, type Witness } from './witness.ts';

export interface Sighting {
  /** The strength bit this sighting brought (dependency.ts). */
  readonly bit: number;
  readonly heldHow: number;
  readonly wantHow: number;
  readonly task: string;
  /** Names of the two locks, see {@link labelOf}. */
  readonly outerLock: string | number;
  readonly innerLock: string | number;
  readonly outerSite: Site;
  readonly innerSite: Site;
  /** Number of the event. */
  readonly event: number;
}

const NONE = -1;

/** Columns of a sighting: numbers, and what is kept elsewhere already. */
const NUMBERS = 4;
const BIT = 0;
const HELD_HOW = 1;
const WANT_HOW = 2;
const NEXT = 3;
const REFERENCES = 6;

/** Columns of a first witness: the task (0 for none), its epoch, the chain it had taken, and which entry is the outer lock. */
const FIRST = 4;

export class Evidence {
  readonly #trie: ChainTrie;
  /** By edge: its first sighting. */
  #sighted: Int32Array = new Int32Array(256).fill(NONE);
  #numbers: Int32Array = new Int32Array(256 * NUMBERS);
  readonly #references: (string | number | Site)[] = [];
  #nextSighting = 0;
  readonly #free: number[] = [];
  /** By edge: its first witness, as long as it is the only one. */
  #first: Int32Array = new Int32Array(256 * FIRST);
  readonly #clocks: Clock[] = [];
  readonly #witnesses = new Map<number, EdgeWitnesses>();

  constructor(trie: ChainTrie) {
    this.#trie = trie;
  }

  /** Another sighting of an edge: an acquisition under the held entry at `index` that showed strength `bit`. */
  add(
    edge: number,
    bit: number,
    acquisition: Acquisition,
    index: number,
    outer: Site,
    inner: Site,
    event: number,
  ): void {
    const { task, lock, how } = acquisition;
    const row = this.#free.pop() ?? this.#nextSighting++;
    this.#numbers = growInt32(this.#numbers, (row + 1) * NUMBERS - 1);
    const numbers = this.#numbers;
    const at = row * NUMBERS;
    numbers[at + BIT] = bit;
    numbers[at + HELD_HOW] = task.how(index);
    numbers[at + WANT_HOW] = how;
    numbers[at + NEXT] = NONE;
    const place = row * REFERENCES;
    const references = this.#references;
    references[place] = task.name;
    references[place + 1] = task.locks[index]!.name;
    references[place + 2] = lock.name;
    references[place + 3] = outer;
    references[place + 4] = inner;
    references[place + 5] = event;
    this.#link(edge, row);
  }

  /** The sightings of an edge, oldest first. */
  of(edge: number): readonly Sighting[] {
    const seen: Sighting[] = [];
    for (let row = this.#sighted[edge] ?? NONE; row !== NONE; row = this.#numbers[row * NUMBERS + NEXT]!) {
      seen.push(this.#sighting(row));
    }
    return seen;
  }

  /** The sighting that shows one of these strengths, the first if none does. */
  showing(edge: number, bits: number): Sighting | undefined {
    const known = this.of(edge);
    return known.find((sighting) => (sighting.bit & bits) !== 0) ?? known[0];
  }

  /**
   * Keeps the first witness of an edge without making one: what the task holds is a path of the trie. False when the edge has been
   * seen before, or when more is to be said of the witness than that.
   */
  firstWitness(edge: number, task: Task, index: number, chainStart: number): boolean {
    if (chainStart !== 0 || (task.how(0) & INHERITED) !== 0 || this.#witnesses.has(edge)) return false;
    this.#first = growInt32(this.#first, (edge + 1) * FIRST - 1);
    const first = this.#first;
    const at = edge * FIRST;
    if (first[at] !== 0) return false;
    first[at] = task.id;
    first[at + 1] = task.epoch;
    first[at + 2] = task.nodeOf(task.depth - 1);
    first[at + 3] = index;
    while (this.#clocks.length <= edge) this.#clocks.push(task.clock);
    this.#clocks[edge] = task.clock;
    return true;
  }

  /** The circumstances an edge has been seen in. */
  witnesses(edge: number): EdgeWitnesses {
    let known = this.#witnesses.get(edge);
    if (known === undefined) {
      const first = this.#takeFirst(edge);
      known = { seen: first === null ? [] : [first], saturated: false };
      this.#witnesses.set(edge, known);
    }
    return known;
  }

  /** These classes are gone and their ids may come again: nothing was held under them. Call it while the chains still are. */
  forgetClasses(gone: ReadonlySet<number>): void {
    for (let at = 0; at < this.#first.length; at += FIRST) {
      if (this.#first[at] === 0) continue;
      const path = this.#trie.path(this.#first[at + 2]!);
      if (path.some((label) => gone.has(label >> LABEL_BITS))) this.witnesses(at / FIRST);
    }
    for (const { seen } of this.#witnesses.values()) forgetHeld(seen, gone);
  }

  remove(edge: number): void {
    for (let row = this.#sighted[edge] ?? NONE; row !== NONE; row = this.#numbers[row * NUMBERS + NEXT]!) {
      this.#references.fill(0, row * REFERENCES, (row + 1) * REFERENCES);
      this.#free.push(row);
    }
    if (edge < this.#sighted.length) this.#sighted[edge] = NONE;
    if (edge * FIRST < this.#first.length) this.#first[edge * FIRST] = 0;
    this.#witnesses.delete(edge);
  }

  #link(edge: number, row: number): void {
    const known = this.#sighted.length;
    if (edge >= known) this.#sighted = growInt32(this.#sighted, edge).fill(NONE, known);
    let last = this.#sighted[edge]!;
    if (last === NONE) {
      this.#sighted[edge] = row;
      return;
    }
    for (let next = last; next !== NONE; next = this.#numbers[next * NUMBERS + NEXT]!) last = next;
    this.#numbers[last * NUMBERS + NEXT] = row;
  }

  #sighting(row: number): Sighting {
    const at = row * NUMBERS;
    const place = row * REFERENCES;
    const [task, outerLock, innerLock, outerSite, innerSite, event] = this.#references.slice(place, place + REFERENCES);
    return {
      bit: this.#numbers[at + BIT]!,
      heldHow: this.#numbers[at + HELD_HOW]!,
      wantHow: this.#numbers[at + WANT_HOW]!,
      task: task as string,
      outerLock: outerLock as string | number,
      innerLock: innerLock as string | number,
      outerSite: outerSite as Site,
      innerSite: innerSite as Site,
      event: event as number,
    };
  }

  /** The first witness as the object it stands for; there is none of it from then on. */
  #takeFirst(edge: number): Witness | null {
    const at = edge * FIRST;
    const task = this.#first[at] ?? 0;
    if (task === 0) return null;
    this.#first[at] = 0;
    const held: number[] = [];
    const exclusive: number[] = [];
    const shared: number[] = [];
    for (const [index, label] of this.#trie.path(this.#first[at + 2]!).entries()) {
      const classId = label >> LABEL_BITS;
      held.push(classId);
      if (index !== this.#first[at + 3]) ((label & MODE_MASK) === WRITE ? exclusive : shared).push(classId);
    }
    const clock = this.#clocks[edge]!;
    return { task, epoch: this.#first[at + 1]!, clock, held, exclusive, shared, outerScope: null, innerScope: null };
  }
}
