/** The samplers in turn: POS and URW alternating, every tenth run PCT(3) for its guarantee. The best mixture measured. */
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { Pct } from './pct.ts';
import { Pos } from './pos.ts';
import { Urw } from './urw.ts';

export class Portfolio implements Selector {
  readonly #pos: Pos;
  readonly #urw: Urw;
  readonly #pct: Pct;
  #runs = 0;
  #current: Selector;

  constructor(seed: number) {
    this.#pos = new Pos(seed);
    this.#urw = new Urw(seed + 1);
    this.#pct = new Pct(seed + 2, 3);
    this.#current = this.#urw;
  }

  plan(): number {
    const turn = this.#runs++ % 10;
    this.#current = turn === 9 ? this.#pct : turn % 2 === 0 ? this.#urw : this.#pos;
    return this.#current.plan();
  }

  begin(world: World): void {
    this.#current.begin(world);
  }

  pick(world: World, count: number): number {
    return this.#current.pick(world, count);
  }

  choose(world: World, task: number, choices: number): number {
    return this.#current.choose(world, task, choices);
  }

  end(world: World, ending: Ending): void {
    this.#current.end(world, ending);
  }
}
