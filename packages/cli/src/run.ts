/** Runs a command line: picks the command, turns its errors into one clear message and an exit status. */
import { GraphFileError } from '@lockdep/graph';
import { TraceError } from '@lockdep/trace';
import { type Command, exitStatus, type Output } from './command.ts';
import { check } from './commands/check.ts';
import { diff } from './commands/diff.ts';
import { explore } from './commands/explore.ts';
import { merge } from './commands/merge.ts';
import { order } from './commands/order.ts';
import { replay } from './commands/replay.ts';
import { stat } from './commands/stat.ts';
import { CaseError } from './conformance/run-case.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

const commands: readonly Command[] = [replay, merge, diff, order, check, stat, explore];

/** @returns the exit status; never throws. */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') return help(rest[0], output);
    if (name === '--version' || name === '-V') {
      output.write(`${version}\n`);
      return exitStatus.clean;
    }
    const command = commandNamed(name);
    if (rest.includes('--help') || rest.includes('-h')) return help(name, output);
    return await command.run(rest, output);
  } catch (error) {
    return fail(error, output);
  }
}

function commandNamed(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    throw new UsageError(
      `no command '${name}': there are ${commands.map((known) => known.name).join(', ')}`,
      'see `lockdep --help`',
    );
  }
  return command;
}

function help(name: string | undefined, output: Output): number {
  output.write(name === undefined ? overview() : commandNamed(name).help);
  return exitStatus.clean;
}

function overview(): string {
  const lines = commands.map((command) => `  ${command.name.padEnd(10)}${command.summary}`);
  return `lockdep ${version}: learns the order in which locks are taken, and reports orders that can deadlock

Usage: lockdep COMMAND [options]

${lines.join('\n')}

  lockdep COMMAND --help    options and examples of a command
  lockdep --version

Exit status: 0 clean, 1 findings or disagreement, 2 usage or input error, 3 internal error.
`;
}

function fail(error: unknown, output: Output): number {
  if (error instanceof UsageError) {
    output.note(`lockdep: ${error.message}\n${error.hint === null ? '' : `  ${error.hint}\n`}`);
    return exitStatus.usage;
  }
  if (error instanceof TraceError || error instanceof GraphFileError || error instanceof CaseError) {
    output.note(`lockdep: ${error.message}\n`);
    return exitStatus.usage;
  }
  output.note(
    `lockdep: internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`,
  );
  return exitStatus.internal;
}
