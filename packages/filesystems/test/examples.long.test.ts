/** The example that tries every idea against every scenario. */
import { expect, test } from 'vitest';
import { candidateFix } from '../../../examples/candidate-fix/main.ts';

test('candidate-fix: each idea fails where the thread says it does, and what was merged nowhere', () => {
  const wrong = [...candidateFix(() => {})].map(([name, trials]) => [
    name,
    [...new Set(trials.flatMap(({ scenario, found }) => (found === null ? [] : [scenario])))],
  ]);
  expect(Object.fromEntries(wrong)).toEqual({
    nothing: [1, 3, 4],
    'i_rwsem around read(2)': [3],
    'i_rwsem around readahead too': [],
    'i_rwsem in page faults too': [7, 8, 9, 11],
    'a new lock, only to add pages': [4],
    'a new lock, kept while copying': [11],
    'a new lock, as merged': [],
  });
});
