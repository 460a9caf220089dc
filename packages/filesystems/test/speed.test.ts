/** Ratios and bounds, not nanoseconds: what validation costs the engine, and that the central scenario can be tried in full. */
import { Validator } from '@lockdep/core';
import { profiles } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { expect, test } from 'vitest';
import { punchVersusRead, scenarioProgram } from '../src/index.ts';
import { mixedLoad } from './mixed-load.ts';

const RUNS = 60;

/** CPU milliseconds per step of the mixed load. */
function cost(validator: Validator | null): number {
  const before = process.cpuUsage();
  let steps = 0;
  for (let i = 0; i < RUNS; i++) steps += mixedLoad({ fs: 'ext4', profile: 'merged', validator }).steps;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / steps;
}

test('the engine under the validator takes at most 1.5 times as long', () => {
  cost(null);
  cost(new Validator({ sites: false }));
  const pairs = Array.from({ length: 3 }, () => [cost(null), cost(new Validator({ sites: false }))] as const);
  const ratios = pairs.map(([plain, validated]) => validated / plain).sort((a, b) => a - b);
  expect(ratios[0]).toBeLessThan(1.5);
});

test('punch against read and write: every interleaving in all four profiles, within 60 s of CPU', () => {
  const before = process.cpuUsage();
  for (const profile of profiles) {
    const program = scenarioProgram(punchVersusRead, { fs: 'ext4', profile, patience: 1 });
    const result = explore(program, { strategy: 'source-dpor', validator: null, minimise: 0 });
    expect([profile, result.exhausted]).toEqual([profile, true]);
    expect(result.failing > 0).toBe(profile === 'before');
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000_000).toBeLessThan(60);
});
