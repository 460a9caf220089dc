/** The variables that the lines of one async function share, as an object of the simulation: nobody says who touches them, so each step does. */
import { SimObject } from '../engine/sim-object.ts';

export class Variables extends SimObject {
  readonly kind = 'variables';

  reset(): void {}

  run(): never {
    throw new Error('nothing is done to variables as such');
  }

  describe(): string {
    return this.name;
  }
}
