/**
 * A service as teams write them: exchange rates in a cache, fetched now and then and tried again after a while, prices computed from them,
 * a ledger of what has been done. Nothing in it knows of a simulator.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Mutex } from '@lockdep/locks';

export interface RatesOptions {
  readonly fetch: () => Promise<number>;
  /** First mistake: a new rate is noted while the cache is held; prices take the ledger first. */
  readonly notesUnderCache: boolean;
  /** Second mistake: every amount looks the rate up for itself. */
  readonly looksUpEach: boolean;
}

export class Rates {
  readonly #cache = new Mutex({ name: 'cache' });
  readonly #ledger = new Mutex({ name: 'ledger' });
  readonly #options: RatesOptions;
  #rate = 1;
  readonly notes: string[] = [];

  constructor(options: RatesOptions) {
    this.#options = options;
  }

  /** Fetches the rate; once more a second later if that fails. False: it is the old one still. */
  async refresh(): Promise<boolean> {
    for (let attempt = 0; attempt < 2; attempt++) {
      const rate = await this.#options.fetch().catch(() => null);
      if (rate === null) {
        await delay(1_000);
        continue;
      }
      const { notesUnderCache } = this.#options;
      await this.#cache.runExclusive(async () => {
        this.#rate = rate;
        if (notesUnderCache) await this.#note(`rate ${rate}`);
      });
      if (!notesUnderCache) await this.#note(`rate ${rate}`);
      return true;
    }
    return false;
  }

  /** What the amounts cost, all at one rate. */
  async price(amounts: readonly number[]): Promise<number[]> {
    return await this.#ledger.runExclusive(async () => {
      if (this.#options.looksUpEach) return await Promise.all(amounts.map(async (n) => n * (await this.#lookUp())));
      const rate = await this.#lookUp();
      return amounts.map((amount) => amount * rate);
    });
  }

  async #lookUp(): Promise<number> {
    return await this.#cache.runExclusive(() => this.#rate);
  }

  async #note(text: string): Promise<void> {
    await this.#ledger.runExclusive(() => this.notes.push(text));
  }
}
