/**
 * Real async code under every interleaving: a service with a cache, a retry and a fetch that may fail, as it stands.
 *
 * What it waits for outside (the fetch) answers at any moment, in each way it can; its timers are those of virtual time. Prints what goes
 * wrong with two mistakes in it, with one, and with none, and the schedule that leads there.
 */
import { exploreAsync, type ProgramFunction, replayAsync } from '@lockdep/simulator';
import { Rates } from './rates.ts';

type Mistakes = { readonly notesUnderCache: boolean; readonly looksUpEach: boolean };

const service =
  (mistakes: Mistakes): ProgramFunction =>
  (sim) => {
    const fetch = () =>
      sim.external('fetch', { answers: () => 2, fails: () => Promise.reject(new Error('503 Service Unavailable')) });
    const rates = new Rates({ fetch, ...mistakes });
    sim.task('refresh', () => rates.refresh());
    sim.task('price', async () => {
      const [one, two] = await rates.price([10, 10]);
      sim.assert(one === two, `one rate for both: ${one} and ${two}`);
    });
  };

const versions: Readonly<Record<string, Mistakes>> = {
  'As written': { notesUnderCache: true, looksUpEach: true },
  'Noted after the cache is released': { notesUnderCache: false, looksUpEach: true },
  'Looked up once': { notesUnderCache: false, looksUpEach: false },
};

for (const [title, mistakes] of Object.entries(versions)) {
  const { verdict, estimate, failures, reports } = await exploreAsync(service(mistakes), { strategy: 'source-dpor' });
  console.log(`${title}: ${verdict}; ${estimate.statement}`);
  for (const { message } of reports) console.log(`  reported in any of these runs: ${message}`);
  const kinds = new Set<string>();
  for (const { kind, message, diagram, schedule } of failures) {
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    const again = await replayAsync(service(mistakes), schedule);
    console.log(`\n${diagram}\n\nreplayed: ${again.failures.some((failure) => failure.message === message)}\n`);
  }
}
