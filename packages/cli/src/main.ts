#!/usr/bin/env node
/** The `lockdep` command. Commands are loaded from Node's compile cache, which makes a start several times quicker. */
import module from 'node:module';
import { wantsColor } from './color.ts';
import { exitStatus, type Output } from './command.ts';
import { run } from './run.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(`lockdep: this is Node ${process.versions.node}, and 22.15 or newer is needed\n`);
  process.exit(exitStatus.usage);
}
module.enableCompileCache();

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
