/** Faults against changes of the mapping, where mappings have locks of their own: every interleaving ends well. */
import { dataTags, Mm, mremap, munmap, premap, userLoad, userStore, type Vma } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { expect, test } from 'vitest';
import { mount, type Scenario, scenarioProgram } from '../src/index.ts';

const byte = () => dataTags('A', 'm1', 1, 1)[0]!;

const against: Readonly<Record<string, (vma: Vma) => () => Generator<unknown, unknown, unknown>>> = {
  munmap: (vma) => () => munmap(vma),
  mremap: (vma) => () => mremap(vma),
};

function program(change: (typeof against)[string]): Pick<Scenario, 'build'> {
  return {
    build(machine, settings) {
      const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      fs.cache(a, 0);
      const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
      const load = () => userLoad(vma, 1);
      return { engine, tasks: { store: () => userStore(vma, 1, byte()), load, change: change(vma) } };
    },
  };
}

test.each(Object.keys(against))('a store and a load ∥ %s', (name) => {
  const explored = scenarioProgram(program(against[name]!), { fs: 'ext4', profile: 'latest' });
  const budget = { steps: 1_000, executions: 20_000, ms: 60_000 };
  const result = explore(explored, { strategy: 'context-bound', bound: 1, minimise: 0, budget });
  expect(result.failures.map(({ message }) => message)).toEqual([]);
  expect(result.reports).toEqual([]);
  expect(result.executions).toBeGreaterThan(20);
});
