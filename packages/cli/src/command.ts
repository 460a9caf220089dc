/** A command of the command line: its name, its help, and what it does. */

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
}

/** Exit statuses, documented in the help. */
export const exitStatus = { clean: 0, findings: 1, usage: 2, internal: 3 } as const;

export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** The whole help of the command, with examples; fits a screen. */
  readonly help: string;
  /** @returns the exit status. */
  run(args: readonly string[], output: Output): Promise<number>;
}
