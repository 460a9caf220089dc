/** The commands with their options, as scripts for shells need them. */
import type { Command, CommandEntry } from '../command.ts';

/** An option as a shell completes it. */
export interface CompletedOption {
  readonly long: string;
  readonly short: string | null;
  /** None: it takes no value; a list of words; a file; anything. */
  readonly value: 'none' | 'file' | 'free' | readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What follows the options: files, a command line, or one of these words. */
  readonly arguments: 'files' | 'command' | readonly string[];
}

/** What words stand for in {@link Command.arguments}. */
export type Words = Readonly<Record<'rules' | 'shells', readonly string[]>>;

export async function commandTable(entries: readonly CommandEntry[], words: Words): Promise<CompletedCommand[]> {
  return Promise.all(
    entries.map(async ({ name, summary, load }) => {
      const command = await load();
      const kind = command.arguments;
      return {
        name,
        summary,
        options: optionsOf(command),
        arguments: kind === 'files' || kind === 'command' ? kind : words[kind],
      };
    }),
  );
}

function optionsOf({ options }: Command): CompletedOption[] {
  const own = Object.entries(options).map(([long, { type, short = null, values, free = false }]): CompletedOption => {
    if (type === 'boolean') return { long, short, value: 'none' };
    return { long, short, value: values ?? (free ? 'free' : 'file') };
  });
  return [...own, { long: 'help', short: 'h', value: 'none' }];
}
