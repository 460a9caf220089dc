/** A command of the command line: its name, its help, its options, and what it does. */

/** Where a command writes; tests give their own. */
export interface Output {
  /** Data. */
  write(text: string): void;
  /** Messages and progress. */
  note(text: string): void;
  /** Whether progress may be drawn, and whether data goes to a person's terminal. */
  readonly noteIsTerminal: boolean;
  readonly writeIsTerminal: boolean;
  /** Width of the terminal in columns. */
  readonly columns: number;
  /** Whether each may be coloured. Default: where it goes to a terminal. */
  readonly writeColor?: boolean;
  readonly noteColor?: boolean;
}

/** Exit statuses, documented in the help. */
export const exitStatus = { clean: 0, findings: 1, usage: 2, internal: 3 } as const;

/** An option as `node:util` parses it, with what a shell can complete. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: string | boolean;
  /** All values it takes; none: a file, or `free` text. */
  readonly values?: readonly string[];
  readonly free?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

/** What the positional arguments are, for completion. */
export type Arguments = 'files' | 'rules' | 'shells' | 'command';

export interface Command {
  readonly options: Options;
  readonly arguments: Arguments;
  /** The whole help of the command, with examples; fits a screen. */
  readonly help: string;
  /** @returns the exit status. */
  run(args: readonly string[], output: Output): Promise<number>;
}

/** A command as the overview lists it; the rest is only loaded when it is called for. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  load(): Promise<Command>;
}
