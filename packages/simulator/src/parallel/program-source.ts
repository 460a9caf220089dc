/** Where a program comes from, so that every thread can make its own. */
import { SimulatorError } from '../engine/error.ts';
import type { Program } from '../face/program.ts';
import { compileProgram } from '../notation/compile.ts';
import type { NotationProgram } from '../notation/program-file.ts';

/** A program of the notation, or what a module exports. Plain data. */
export type ProgramSource =
  | { readonly notation: NotationProgram }
  | {
      /** Address (`file:…`) of the module. */
      readonly module: string;
      /** Name of the export. Default: the default one. */
      readonly export?: string;
      /** With it, the export is a function from this value to the program. */
      readonly argument?: unknown;
    };

export interface LoadedProgram {
  readonly program: Program;
  /** Some task may be an async function. */
  readonly isAsync: boolean;
}

/** @throws SimulatorError when there is no program. */
export async function loadProgram(source: ProgramSource): Promise<LoadedProgram> {
  if ('notation' in source) return { program: compileProgram(source.notation), isAsync: false };
  const name = source.export ?? 'default';
  const exported = ((await import(/* @vite-ignore */ source.module)) as Record<string, unknown>)[name];
  const program = 'argument' in source && typeof exported === 'function' ? exported(source.argument) : exported;
  if (typeof program === 'function' || (typeof program === 'object' && program !== null)) {
    return { program: program as Program, isAsync: true };
  }
  throw new SimulatorError('bad-program', `${source.module} exports no program as '${name}'`);
}
