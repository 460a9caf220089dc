#!/usr/bin/env node
/** The `lockdep` command. Commands are loaded from Node's compile cache, which makes a start several times quicker. */
import { enableCompileCache } from 'node:module';
import { wantsColor } from './color.ts';
import type { Output } from './command.ts';
import { run } from './run.ts';

enableCompileCache();

const output: Output = {
  write: (text) => void process.stdout.write(text),
  note: (text) => void process.stderr.write(text),
  noteIsTerminal: process.stderr.isTTY === true && process.env['CI'] === undefined,
  writeIsTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns ?? 100,
  writeColor: wantsColor(process.stdout, process.env),
  noteColor: wantsColor(process.stderr, process.env),
};

// A reader that has seen enough (`lockdep … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), output);
