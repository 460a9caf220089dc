/** Many operations need no more memory than some: what nobody can see any more is forgotten. LOCKDEP_OPERATIONS says how many. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Validator } from '@lockdep/core';
import { Engine, PlainMachine } from '@lockdep/page-cache';
import { expect, test } from 'vitest';
import { Fsx, fileSystemKinds, fsxGeometry } from '../src/index.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Bytes on the heap that somebody holds on to, after several collections. */
function heap(): number {
  for (let i = 0; i < 4; i++) gc();
  return process.memoryUsage().heapUsed;
}

const OPERATIONS = Number(process.env['LOCKDEP_OPERATIONS'] ?? 1_000_000);

test.each([
  ['plain', null, OPERATIONS],
  ['validated', new Validator({ sites: false }), OPERATIONS / 5],
] as const)('%s: flat', { timeout: 1_200_000 }, (_, validator, operations) => {
  const machine = new PlainMachine({ validator });
  const engine = new Engine({ machine, validator, geometry: fsxGeometry, readaheadPages: 1 });
  const fsx = new Fsx(new fileSystemKinds.ext4(engine), { background: false }, false);
  const samples: number[] = [];
  machine.spawn('fsx', () => fsx.run(1, operations));
  while (machine.run(1_000_000).stuck.length > 0) samples.push(heap());
  expect(fsx.finish([]).failure).toBe(null);
  expect(fsx.operations).toBe(operations);
  expect(samples.length).toBeGreaterThan(10);
  const early = Math.max(...samples.slice(1, 4));
  const late = Math.max(...samples.slice(-3));
  // Compiled code comes and goes; sixteen bytes an operation would not.
  expect(late - early).toBeLessThan(Math.max(8 * 1024 * 1024, 16 * operations));
});
