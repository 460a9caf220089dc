/**
 * Worker threads that explore a tree of branches together.
 *
 * Who has nothing to do says so in shared memory, and whoever is busy hands back what is left of its work. A stint counts when its answer
 * arrives, all of it at once: if the worker is lost before that, its branches are explored again by another, and nothing has happened.
 */
import type { Worker } from 'node:worker_threads';
import { SimulatorError } from '../engine/error.ts';
import { type BranchTree, branchOf, type OpenBranch } from './branch-tree.ts';
import { IDLE, LEFT, STOP, type StintRequest, type WorkerAnswer, type WorkerData } from './messages.ts';
import type { StintResult } from './stint.ts';

/** Branches in one stint at most. */
const MOST_BRANCHES = 64;
/** Workers lost one after the other, with no answer in between, before the exploration gives up. */
const MOST_LOSSES = 8;

export interface CrewOptions {
  readonly size: number;
  readonly data: Omit<WorkerData, 'signals'>;
  /** Executions to begin at most, all workers together; what lost ones have begun counts. */
  readonly executions: number;
  /** A stint lasts no longer; so much is lost with a worker. */
  readonly stintMs: number;
  /** An answer has arrived, and the tree knows what is left. */
  readonly onResult: (result: StintResult) => void;
  readonly onWorker: ((worker: Worker) => void) | null;
}

export class Crew {
  readonly #tree: BranchTree;
  readonly #options: CrewOptions;
  readonly #signals: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(12));
  /** What each worker has been given; null while it waits. */
  readonly #given = new Map<Worker, readonly OpenBranch[] | null>();
  #losses = 0;
  /** Workers lost in all. */
  lost = 0;
  #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;

  constructor(tree: BranchTree, options: CrewOptions) {
    this.#tree = tree;
    this.#options = options;
    this.#signals[LEFT] = Math.min(options.executions, 0x7fff_ffff);
  }

  /** Branches given out and not answered. */
  get given(): OpenBranch[] {
    return [...this.#given.values()].flatMap((branches) => branches ?? []);
  }

  /** Until nothing is left, or everybody has stopped. @throws SimulatorError of the program, or when workers are lost again and again. */
  async run(): Promise<void> {
    const { Worker } = await import('node:worker_threads');
    const isSource = import.meta.url.endsWith('.ts');
    const url = isSource ? new URL('./worker.ts', import.meta.url) : new URL('./worker.js', import.meta.url);
    const execArgv = isSource ? ['--conditions=@lockdep/source'] : [];
    const workerData: WorkerData = { ...this.#options.data, signals: this.#signals };
    const over = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const hire = (): void => {
      const worker = new Worker(url, { workerData, execArgv });
      this.#given.set(worker, null);
      worker.on('message', (answer: WorkerAnswer) => this.#answered(worker, answer));
      // An error is followed by the exit.
      let cause: unknown = null;
      worker.on('error', (error) => {
        cause = error;
      });
      worker.on('exit', () => {
        if (this.#dismiss(worker, cause)) hire();
      });
      this.#options.onWorker?.(worker);
    };
    for (let i = 0; i < this.#options.size; i++) hire();
    this.#assign();
    try {
      await over;
    } finally {
      const workers = [...this.#given.keys()];
      this.#given.clear();
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  }

  /** Everybody hands back what is left. */
  stop(): void {
    Atomics.store(this.#signals, STOP, 1);
    this.#assign();
  }

  /** Told to, or because no execution may begin any more. */
  get #hasStopped(): boolean {
    return Atomics.load(this.#signals, STOP) !== 0 || Atomics.load(this.#signals, LEFT) <= 0;
  }

  #answered(worker: Worker, answer: WorkerAnswer): void {
    const given = this.#given.get(worker);
    if (given === undefined || given === null) return;
    if ('error' in answer) {
      const { message, stack, code } = answer.error;
      const error = code === null ? new Error(message) : new SimulatorError(code, message);
      if (stack !== undefined) error.stack = stack;
      this.#settle?.reject(error);
      return;
    }
    this.#losses = 0;
    this.#given.set(worker, null);
    const { explored } = answer.result;
    this.#tree.giveBack(given.slice(explored.length));
    for (const [i, { remainder, missing }] of explored.entries()) this.#tree.leave(given[i]!, remainder, missing);
    this.#options.onResult(answer.result);
    this.#assign();
  }

  /** A worker has gone; answers whether another is wanted. */
  #dismiss(worker: Worker, cause: unknown): boolean {
    const given = this.#given.get(worker);
    if (given === undefined) return false;
    this.#given.delete(worker);
    this.lost++;
    this.#tree.giveBack(given ?? []);
    if (++this.#losses <= MOST_LOSSES) {
      queueMicrotask(() => this.#assign());
      return !this.#hasStopped;
    }
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    this.#settle?.reject(
      new SimulatorError('misuse', `${this.#losses} workers were lost one after the other, without an answer${why}`),
    );
    return false;
  }

  /** Gives work to those that wait, while there is some. */
  #assign(): void {
    const idle = [...this.#given].flatMap(([worker, branches]) => (branches === null ? [worker] : []));
    let waiting = idle.length;
    if (!this.#hasStopped) {
      for (const worker of idle) {
        if (this.#tree.size === 0) break;
        const share = Math.min(MOST_BRANCHES, Math.ceil(this.#tree.size / (2 * this.#options.size)));
        const branches = this.#tree.take(share);
        this.#given.set(worker, branches);
        const request: StintRequest = { branches: branches.map(branchOf), ms: this.#options.stintMs };
        worker.postMessage(request);
        waiting--;
      }
    }
    Atomics.store(this.#signals, IDLE, waiting);
    if (waiting === this.#given.size && (this.#tree.size === 0 || this.#hasStopped)) this.#settle?.resolve();
  }
}
