/**
 * The proofs that take longer: tens of thousands of interleavings, and all schedules with few preemptions where there are too many. Of
 * the code as merged; LOCKDEP_PROFILES=all proves the other profiles too (a quarter of an hour more).
 */
import { describe, test } from 'vitest';
import { scenarios } from '../src/index.ts';
import { cellName, judgeCell } from './judge-cell.ts';

const allProfiles = process.env['LOCKDEP_PROFILES'] === 'all';
const isLong = ({ effort, verdict, profile }: (typeof scenarios)[number]['cells'][number]): boolean =>
  verdict === 'clean' && (effort === 'long' || effort === 'bounded') && (profile === 'merged' || allProfiles);
const long = scenarios.filter(({ cells }) => cells.some(isLong));

describe.each(long.map((scenario) => [`${scenario.id}. ${scenario.title}`, scenario] as const))('%s', (_, scenario) => {
  for (const cell of scenario.cells) {
    if (isLong(cell))
      test(cellName(cell), () => judgeCell(scenario, cell, cell.effort === 'long' ? 'proof' : 'bounded'));
  }
});
