/** A progress line on a terminal: redrawn at most five times a second, cleared at the end; nothing where stderr is no terminal. */
import type { Output } from './command.ts';

const INTERVAL_MS = 200;

export class Progress {
  readonly #output: Output;
  #last = 0;
  #drawn = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Draws when it is time to; `line` is only asked for then. */
  update(line: () => string): void {
    if (!this.#output.noteIsTerminal) return;
    if (performance.now() - this.#last >= INTERVAL_MS) this.show(line());
  }

  /** Draws at once: a new stage has begun. */
  show(line: string): void {
    if (!this.#output.noteIsTerminal) return;
    this.#last = performance.now();
    this.#drawn = true;
    this.#output.note(`\r\x1b[2K${line.slice(0, this.#output.columns - 1)}`);
  }

  clear(): void {
    if (this.#drawn) this.#output.note('\r\x1b[2K');
    this.#drawn = false;
  }
}
