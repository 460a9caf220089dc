/** Makes the pictures of the documentation anew: runs the examples that draw, and copies what they drew beside them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

const drawings = {
  'first-inversion': 'order.svg',
  'kernel-lock-order': 'order.svg',
  'read-contention': 'throughput.svg',
};

for (const [name, picture] of Object.entries(drawings)) {
  const main = resolve(root, 'examples', name, 'main.ts');
  execFileSync(process.execPath, ['--conditions=@lockdep/source', main], { cwd: root, stdio: 'ignore' });
  copyFileSync(resolve(root, 'out', `${name}.svg`), resolve(root, 'examples', name, picture));
  console.log(`examples/${name}/${picture}`);
}
