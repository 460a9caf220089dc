/** Two children (or, with `threads`, two worker threads), each with one order; together they are inverted. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { lockdep, Mutex } from '@lockdep/locks';

const order = isMainThread ? process.argv[3] : (workerData as string);
const file = new URL(import.meta.url);
if (order === undefined) {
  for (const one of ['ab', 'ba']) {
    if (process.argv[2] === 'threads') await once(new Worker(file, { workerData: one }), 'exit');
    else await once(fork(file, ['processes', one]), 'exit');
  }
} else {
  const [outer, inner] = [...order].map((name) => new Mutex({ name }));
  await lockdep.task(order, () => outer!.runExclusive(() => inner!.runExclusive(() => {})));
}
