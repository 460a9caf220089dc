/** A million executions leave nothing behind: what an execution needs is made once and used again. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Validator } from '@lockdep/core';
import { describe, expect, test } from 'vitest';
import { compileProgram, type ExploreOptions, explore, type Program } from '../src/index.ts';
import { program } from './programs.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Use {
  readonly heap: number;
  readonly buffers: number;
}

/** Bytes in use when nothing more can be collected. */
function inUse(): Use {
  for (let round = 0; round < 3; round++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

const MEBI = 1024 * 1024;
const EXECUTIONS = 1_000_000;

/** What lies on the heap in the middle and at the end of one exploration, so that nothing is let go in between. */
function growth(subject: Program, options: ExploreOptions): Use {
  const uses: Use[] = [];
  const result = explore(subject, {
    ...options,
    minimise: 0,
    failures: 0,
    budget: { executions: EXECUTIONS, ms: 600_000 },
    progressMs: 0,
    onProgress: ({ executions }) => {
      if (executions >= (uses.length === 0 ? EXECUTIONS / 10 : EXECUTIONS * 0.99) && uses.length < 2)
        uses.push(inUse());
    },
  });
  expect(result.executions).toBe(EXECUTIONS);
  const [early, late] = uses;
  const grown = { heap: late!.heap - early!.heap, buffers: late!.buffers - early!.buffers };
  console.log(
    `${result.strategy}: ${(grown.heap / 1024).toFixed(0)} KiB of heap, ${(grown.buffers / 1024).toFixed(0)} of buffers`,
  );
  return grown;
}

describe(`memory stays flat over ${EXECUTIONS.toLocaleString('en-US')} executions`, () => {
  test('of a random walk, a validator listening', () => {
    const grown = growth(compileProgram(program('hole_punch_race')), {
      strategy: 'random',
      validator: new Validator(),
    });
    expect(grown.heap).toBeLessThan(MEBI);
    expect(grown.buffers).toBeLessThan(MEBI);
  });

  test('of an exhaustive search; traces are remembered in a table of bounded size', () => {
    // Ten writers of one variable: ten factorial traces.
    const names = Array.from({ length: 10 }, (_, i) => `t${i}`);
    const writers = compileProgram({
      id: 'writers',
      objects: { x: { kind: 'var' } },
      tasks: names.map((name, i) => ({ name, steps: [['write', 'x', i]] })),
    });
    const grown = growth(writers, { strategy: 'source-dpor', validator: null });
    expect(grown.heap).toBeLessThan(MEBI);
    expect(grown.buffers).toBeLessThan(32 * MEBI);
  });
});
