/** `lockdep completion`: scripts that make a shell complete commands, options and their values. */
import { rules } from '@lockdep/core';
import { ruleKinds } from '@lockdep/report';
import { didYouMean } from '../closest.ts';
import { type Command, exitStatus } from '../command.ts';
import { commands } from '../commands.ts';
import { bashCompletion } from '../completion/bash.ts';
import { commandTable } from '../completion/command-table.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { parseOptions } from '../options.ts';
import { UsageError } from '../usage-error.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completion: Command = {
  options: {},
  arguments: 'shells',
  help: `Usage: lockdep completion bash|zsh|fish

Prints a script that completes commands, options, formats and rules.

  bash   eval "$(lockdep completion bash)"            in ~/.bashrc
  zsh    source <(lockdep completion zsh)             in ~/.zshrc, after compinit
  fish   lockdep completion fish > ~/.config/fish/completions/lockdep.fish

Exit status: 0, 2 usage error, 3 internal error.

Examples:
  lockdep completion bash
`,
  async run(args, output) {
    const { positionals } = parseOptions('completion', args, {});
    const [shell, ...more] = positionals;
    if (shell === undefined || more.length > 0) {
      throw new UsageError('completion: name one shell: bash, zsh or fish', 'see `lockdep completion --help`');
    }
    const known = SHELLS.find((name) => name === shell);
    if (known === undefined) {
      throw new UsageError(
        `completion: nothing for ${shell}${didYouMean(shell, SHELLS)}: there are bash, zsh and fish`,
      );
    }
    const script = SCRIPTS[known];
    const words = { rules: [...ruleKinds.map((kind) => rules[kind].id), ...ruleKinds], shells: SHELLS };
    output.write(script(await commandTable(commands, words)));
    return exitStatus.clean;
  },
};
