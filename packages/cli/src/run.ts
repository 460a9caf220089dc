/** Runs a command line: picks the command, turns its errors into one clear message and an exit status. */
import { closest } from './closest.ts';
import { type Command, type CommandEntry, exitStatus, type Output } from './command.ts';
import { commands } from './commands.ts';
import { passedOn } from './options.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

/** @returns the exit status; never throws. */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || isHelp(name) || name === 'help') {
      output.write(rest[0] === undefined ? overview() : (await named(rest[0]).load()).help);
      return exitStatus.clean;
    }
    if (name === '--version' || name === '-V') {
      output.write(`${version}\n`);
      return exitStatus.clean;
    }
    const command = await named(name).load();
    if (ownArguments(command, rest).some(isHelp)) {
      output.write(command.help);
      return exitStatus.clean;
    }
    return await command.run(rest, output);
  } catch (error) {
    return fail(error, output);
  }
}

const isHelp = (word: string): boolean => word === '--help' || word === '-h';

/** What follows `--`, or the command line passed on, is not for us. */
function ownArguments(command: Command, args: readonly string[]): readonly string[] {
  if (command.arguments === 'command') return passedOn(args, command.options).own;
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}

function named(name: string): CommandEntry {
  const names = commands.map((known) => known.name);
  const found = commands.find((known) => known.name === name);
  if (found !== undefined) return found;
  const isOption = name.startsWith('-');
  const near = closest(name, isOption ? ['--help', '--version'] : names);
  throw new UsageError(
    `no ${isOption ? 'option' : 'command'} '${name}'${near === null ? `: there are ${names.join(', ')}` : `; did you mean ${near}?`}`,
    'see `lockdep --help`',
  );
}

function overview(): string {
  const lines = commands.map((command) => `  ${command.name.padEnd(12)}${command.summary}`);
  return `lockdep ${version}: learns the order in which locks are taken, and reports orders that can deadlock
Usage: lockdep COMMAND [options]        lockdep COMMAND --help has options and examples of each

${lines.join('\n')}

Examples:
  lockdep run -- node app.js              lockdep run --format sarif -o out.sarif -- npm test
  lockdep explain LD2                     lockdep replay trace.txt.zst --format html -o order.html

Exit status: 0 clean, 1 findings, 2 usage or input error, 3 internal error.
`;
}

/** Bad input, by the names of the errors, whose classes would have to be loaded. */
const INPUT_ERRORS = ['TraceError', 'GraphFileError', 'CaseError'];

function fail(error: unknown, output: Output): number {
  if (error instanceof UsageError) {
    output.note(`lockdep: ${error.message}\n${error.hint === null ? '' : `  ${error.hint}\n`}`);
    return exitStatus.usage;
  }
  if (error instanceof Error && INPUT_ERRORS.includes(error.name)) {
    output.note(`lockdep: ${error.message}\n`);
    return exitStatus.usage;
  }
  output.note(
    `lockdep: internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`,
  );
  return exitStatus.internal;
}
