/** A worker thread: makes the program for itself, explores the branches it is given, and answers what came of it and what is left. */
import { parentPort, workerData } from 'node:worker_threads';
import { SimulatorError } from '../engine/error.ts';
import { settings } from '../explore/explore-options.ts';
import { Stage } from '../explore/stage.ts';
import { TreeSearch } from '../search/tree-search.ts';
import { IDLE, LEFT, STOP, type StintRequest, type WorkerAnswer, type WorkerData } from './messages.ts';
import { loadProgram } from './program-source.ts';
import { stint } from './stint.ts';

/** Milliseconds that a stint lasts even if others have nothing to do. */
const LEAST_MS = 2;

const { source, kind, maxSteps, leaks, stopOnFailure, signals } = workerData as WorkerData;
const port = parentPort!;

const ready = loadProgram(source).then(({ program, isAsync }) => {
  const stage = new Stage(program, settings({ leaks, validator: null }));
  return { stage, isAsync, search: new TreeSearch(stage.world, kind) };
});

async function answer({ branches, ms }: StintRequest): Promise<WorkerAnswer> {
  try {
    const { stage, isAsync, search } = await ready;
    const started = performance.now();
    const isCalledBack = (): boolean => {
      if (Atomics.sub(signals, LEFT, 1) <= 1 || Atomics.load(signals, STOP) !== 0) return true;
      const elapsed = performance.now() - started;
      return elapsed > ms || (elapsed > LEAST_MS && Atomics.load(signals, IDLE) > 0);
    };
    const work = stint(stage.world, search, branches, { maxSteps, stopOnFailure, isCalledBack });
    return { result: isAsync ? await stage.driveAsync(work) : stage.drive(work) };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof SimulatorError ? error.code : null;
    return { error: { message, ...(stack === undefined ? {} : { stack }), code } };
  }
}

port.on('message', async (request: StintRequest) => port.postMessage(await answer(request)));
