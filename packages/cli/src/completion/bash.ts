/** A completion script for bash, whole in itself: `eval "$(lockdep completion bash)"`. */
import type { CompletedCommand, CompletedOption } from './command-table.ts';

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# lockdep completion for bash: eval "$(lockdep completion bash)"
_lockdep_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_lockdep_files() { compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }
_lockdep() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} at
  COMPREPLY=()
  # --option=value comes as three words.
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if ((COMP_CWORD == 1)); then _lockdep_words "${names} help --help --version"; return; fi
  case $command in
    help) _lockdep_words "${names}"; return ;;
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _lockdep lockdep
`;
}

function commandCase({ name, options, arguments: kind }: CompletedCommand): string {
  const words = options.flatMap((option) => spelled(option)).join(' ');
  const valued = options.filter(({ value }) => value !== 'none');
  const values = valued.map((option) => `        ${spelled(option).join('|')}) ${completedValue(option)}; return ;;`);
  const lines = [
    `    ${name})`,
    ...(kind === 'command' ? passedOn(valued) : []),
    ...(values.length === 0 ? [] : ['      case $prev in', ...values, '      esac']),
    `      if [[ $cur == -* ]]; then _lockdep_words "${words}"; return; fi`,
    `      ${kind === 'files' ? '_lockdep_files' : kind === 'command' ? 'COMPREPLY=($(compgen -c -f -- "$cur"))' : `_lockdep_words "${kind.join(' ')}"`} ;;`,
  ];
  return lines.join('\n');
}

/** Once the command line that is passed on has begun, its words are its own: completed as bash does without us. */
function passedOn(valued: readonly CompletedOption[]): string[] {
  return [
    '      for ((at = 2; at < COMP_CWORD; at++)); do',
    `        case \${COMP_WORDS[at]} in`,
    `          ${valued.flatMap(spelled).join('|')}) ((at++)); [[ \${COMP_WORDS[at]} == = ]] && ((at++)) ;;`,
    '          --) if ((at + 1 < COMP_CWORD)); then _lockdep_files; else COMPREPLY=($(compgen -c -f -- "$cur")); fi; return ;;',
    '          -*|=) ;;',
    '          *) _lockdep_files; return ;;',
    '        esac',
    '      done',
  ];
}

const spelled = ({ long, short }: CompletedOption): string[] =>
  short === null ? [`--${long}`] : [`--${long}`, `-${short}`];

function completedValue({ value }: CompletedOption): string {
  if (value === 'file') return '_lockdep_files';
  return value === 'free' || value === 'none' ? ':' : `_lockdep_words "${value.join(' ')}"`;
}
