/** `pnpm example NAME` runs an example; without a name it lists them, each with the first sentence of its header. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../examples');
const names = readdirSync(folder).filter((name) => existsSync(resolve(folder, name, 'main.ts')));
const [name] = process.argv.slice(2);

function summary(example: string): string {
  const header = /\/\*\*(.*?)\*\//s.exec(readFileSync(resolve(folder, example, 'main.ts'), 'utf8'))?.[1] ?? '';
  return header
    .replace(/\s*\n \* ?/g, ' ')
    .trim()
    .split(/(?<=[.?]) /)[0]!;
}

if (name === undefined) {
  for (const example of names) console.log(`${example.padEnd(22)} ${summary(example)}`);
} else if (names.includes(name)) {
  const args = ['--conditions=@lockdep/source', resolve(folder, name, 'main.ts')];
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
} else {
  console.error(`example: there is no '${name}': there are ${names.join(', ')}`);
  process.exitCode = 2;
}
