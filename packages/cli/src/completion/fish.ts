/** A completion script for fish: `lockdep completion fish > ~/.config/fish/completions/lockdep.fish`. */
import type { CompletedCommand, CompletedOption } from './command-table.ts';

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# lockdep completion for fish: lockdep completion fish | source
complete -c lockdep -f
complete -c lockdep -n __fish_use_subcommand -l help -s h
complete -c lockdep -n __fish_use_subcommand -l version -s V
complete -c lockdep -n '__fish_seen_subcommand_from help' -a '${names}'
${commands.flatMap(commandLines).join('\n')}
`;
}

function commandLines({ name, summary, options, arguments: kind }: CompletedCommand): string[] {
  const here = `complete -c lockdep -n '__fish_seen_subcommand_from ${name}'`;
  const rest =
    kind === 'files'
      ? `${here} -F`
      : kind === 'command'
        ? `${here} -x -a '(__fish_complete_subcommand --fcs-skip=2)'`
        : `${here} -a '${kind.join(' ')}'`;
  return [
    `complete -c lockdep -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...options.map((option) => `${here} ${optionOf(option)}`),
    rest,
  ];
}

function optionOf({ long, short, value }: CompletedOption): string {
  const names = `-l ${long}${short === null ? '' : ` -s ${short}`}`;
  if (value === 'none') return names;
  return value === 'file' ? `${names} -r -F` : value === 'free' ? `${names} -x` : `${names} -x -a '${value.join(' ')}'`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `\\'`)}'`;
