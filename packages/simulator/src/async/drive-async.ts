/** Runs work for programs that may have async tasks; lets the event loop turn now and then. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Work } from '../engine/drive.ts';
import type { AsyncTasks } from './async-tasks.ts';
import { runExecutionAsync, StrayWait } from './run-execution-async.ts';
import { explainStray } from './stray-wait.ts';

/** Milliseconds for which the event loop may be kept from turning. */
const PATIENCE_MS = 50;

export async function driveAsync<T>(work: Work<T>, tasks: AsyncTasks): Promise<T> {
  const now = performance.now.bind(performance);
  let turned = now();
  tasks.enter();
  try {
    let next = work.next();
    while (next.done !== true) {
      let request = next.value;
      for (;;) {
        const ending = await runExecutionAsync(request, tasks).catch(async (error: unknown) => {
          throw error instanceof StrayWait ? await explainStray(request.world, tasks, error) : error;
        });
        if (now() - turned >= PATIENCE_MS) {
          await turn();
          turned = now();
        }
        const prefix = request.next?.(ending) ?? -1;
        if (prefix < 0) {
          next = work.next(ending);
          break;
        }
        request = { ...request, prefix };
      }
    }
    return next.value;
  } finally {
    tasks.leave();
  }
}
