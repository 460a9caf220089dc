/** The example of the README is a test of the sample project, word for word. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sample } from './run-sample.ts';

test('the example of the README is the one that is run', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const code = readFileSync(join(sample, 'tests/readme.sample.ts'), 'utf8');
  expect(readme).toContain(`// bank.test.ts\n${code}`);
});
