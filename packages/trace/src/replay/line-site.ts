/**
 * A line of a trace as the site of an event: reports then say where in the file each lock was taken.
 *
 * One small object per acquisition; its text is made only when somebody reads it.
 */
import type { Frame, Site } from '@lockdep/core';

export class LineSite implements Site {
  readonly #file: string;
  readonly #line: number;

  constructor(file: string, line: number) {
    this.#file = file;
    this.#line = line;
  }

  get frames(): readonly Frame[] {
    const text = `${this.#file}:${this.#line}`;
    return [{ text, file: this.#file, line: this.#line }];
  }

  toJSON(): Site {
    return { frames: this.frames };
  }
}
