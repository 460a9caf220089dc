/** A completion script for zsh: `lockdep completion zsh > ~/.zfunc/_lockdep`, with that folder in `fpath`. */
import type { CompletedCommand, CompletedOption } from './command-table.ts';

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n');
  return `#compdef lockdep
# lockdep completion for zsh: write it to a file _lockdep in a folder of $fpath, or: source <(lockdep completion zsh)
_lockdep() {
  local -a commands
  commands=(
${described}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  ((CURRENT--))
  shift words
  case $command in
    help) _describe command commands ;;
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _lockdep ]]; then _lockdep "$@"; else compdef _lockdep lockdep; fi
`;
}

function commandCase({ name, options, arguments: kind }: CompletedCommand): string {
  const specifications = options.flatMap(specified);
  const rest =
    kind === 'files' ? `'*:file:_files'` : kind === 'command' ? `'*::command:_normal'` : `'*:word:(${kind.join(' ')})'`;
  return `    ${name}) _arguments -S \\\n${[...specifications, rest].map((line) => `      ${line}`).join(' \\\n')} ;;`;
}

function specified({ long, short, value }: CompletedOption): string[] {
  const action =
    value === 'none' ? '' : `:${long}:${value === 'file' ? '_files' : value === 'free' ? '' : `(${value.join(' ')})`}`;
  return [`'*--${long}${action === '' ? '' : '='}${action}'`, ...(short === null ? [] : [`'*-${short}${action}'`])];
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
