/** How much a package adds to a program that bundles all of it: minified, compressed (brotli), with what it depends on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';

/** In bytes; of all entries of the package as it is installed in `folder`. Peers are the user's own and do not count. */
export async function bundleSize(folder: string, packageName: string): Promise<number> {
  const entry = join(folder, 'whole-package.mjs');
  const manifest = JSON.parse(readFileSync(join(folder, 'node_modules', packageName, 'package.json'), 'utf8'));
  const entries = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));
  writeFileSync(
    entry,
    entries.map((name, at) => `export * as e${at} from ${JSON.stringify(join(packageName, name))};\n`).join(''),
  );
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      write: false,
      minify: true,
      rolldownOptions: { external: (id) => isBuiltin(id) || /^(?:vitest|pino)(?:\/|$)/.test(id) },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs.flatMap((output) => ('output' in output ? output.output : []));
  const code = chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
  return brotliCompressSync(code).length;
}
