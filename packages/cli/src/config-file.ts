/** Finds and reads the configuration file: in the working directory, else in the nearest folder above it, up to the repository's. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { emptyBaseline, GraphFileError, parseBaseline } from '@lockdep/graph';
import { checkConfig, type LockdepConfig } from './config.ts';
import { loadDefault } from './load-module.ts';
import { UsageError } from './usage-error.ts';

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((extension) => `lockdep.config.${extension}`);

/** What a command line says of it. */
export interface ConfigRequest {
  readonly config?: string | undefined;
  readonly 'no-config'?: boolean | undefined;
}

export const configOptions = {
  config: { type: 'string' },
  'no-config': { type: 'boolean' },
} as const;

/** The settings of the file, under those of the environment. @throws UsageError when they cannot be used. */
export async function readConfig(request: ConfigRequest): Promise<LockdepConfig> {
  const mode = process.env['LOCKDEP'];
  const fromFile = await readFileOf(request);
  return mode === undefined || mode === '' ? fromFile : { ...fromFile, ...checkConfig({ mode }, 'LOCKDEP') };
}

/** The settings, with paths that hold from the working directory; empty without a file. @throws UsageError when it cannot be used. */
async function readFileOf(request: ConfigRequest): Promise<LockdepConfig> {
  if (request['no-config'] === true) return {};
  const file = request.config ?? findConfig(process.cwd());
  if (file === null) return {};
  if (!existsSync(file)) {
    throw new UsageError(`--config ${file}: there is no such file`, `name a ${NAMES.join(', ')}`);
  }
  const config = checkConfig(await load(file), file);
  checkSuppressions(config, file);
  const folder = dirname(resolve(file));
  const from = (path: string): string => relative(process.cwd(), resolve(folder, path)) || path;
  return {
    ...config,
    ...(config.baseline === undefined ? {} : { baseline: from(config.baseline) }),
    ...(config.orders === undefined ? {} : { orders: config.orders.map(from) }),
  };
}

/** They are those of a baseline file, and checked as such. */
function checkSuppressions({ suppressions = [] }: LockdepConfig, file: string): void {
  try {
    parseBaseline(JSON.stringify({ ...emptyBaseline, suppressions }), file);
  } catch (error) {
    if (!(error instanceof GraphFileError)) throw error;
    throw new UsageError(
      `${file}: ${error.at} ${error.problem}`,
      'give { pair: [CLASS, CLASS], reason } or { site, reason }',
    );
  }
}

function findConfig(folder: string): string | null {
  const found = NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return relative(process.cwd(), found);
  const above = dirname(folder);
  return above === folder || existsSync(join(folder, '.git')) ? null : findConfig(above);
}

async function load(file: string): Promise<unknown> {
  const hint = 'the file has to load by itself and export its configuration as default; --no-config leaves it out';
  if (!file.endsWith('.json')) return loadDefault(file, hint);
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : error}`, hint);
  }
}
