/**
 * What each profile locks where: the locks of the main operations on the three kinds of file systems, profile by profile. The fixture was
 * checked line by line against the specification of the four code states; profiles that agree are listed together.
 */
import { readFileSync } from 'node:fs';
import { profiles } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import type { FileSystemName } from '../src/index.ts';
import { lockTrace } from './lock-trace.ts';
import { traceOperations } from './trace-operations.ts';

interface Golden {
  readonly operation: string;
  readonly fs: FileSystemName;
  readonly profiles: readonly string[];
  readonly trace: string;
}

const golden = JSON.parse(readFileSync(new URL('./fixtures/profile-traces.json', import.meta.url), 'utf8')) as {
  readonly traces: readonly Golden[];
};

/** One entry for each trace that differs. */
function recorded(): Golden[] {
  return Object.entries(traceOperations).flatMap(([operation, [options, run]]) =>
    (['ext2', 'ext4', 'xfs'] as const).flatMap((fs) => {
      if (operation === 'reflink' && fs !== 'xfs') return [];
      const traces = profiles.map((profile) => lockTrace({ ...options, fs, profile }, run));
      return [...new Set(traces)].map((trace) => ({
        operation,
        fs,
        profiles: profiles.filter((_, i) => traces[i] === trace),
        trace,
      }));
    }),
  );
}

describe('lock traces, profile by profile', () => {
  const actual = recorded();
  for (const operation of Object.keys(traceOperations)) {
    const of = (all: readonly Golden[]): Golden[] => all.filter((entry) => entry.operation === operation);
    test(operation, () => expect(of(actual)).toEqual(of(golden.traces)));
  }
});
