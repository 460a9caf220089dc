/** Mixes the whole present state of a world into a hash: objects, what each task waits for, and where its code stands. */
import { foldPlain, foldText, type Hash } from './hash.ts';
import type { SimTask } from './sim-task.ts';
import type { World } from './world.ts';

export function foldState(hash: Hash, world: World): void {
  for (const object of world.objects) {
    if (object === undefined) continue;
    hash.fold(object.id);
    foldPlain(hash, object.key(), `the state of ${object.kind} '${object.name}'`);
  }
  for (const task of world.tasks) foldTask(hash, task);
  for (const { kind, message } of world.checks.failures) foldText(hash, `${kind} ${message}`);
  for (const stateKey of world.checks.states) foldPlain(hash, stateKey(), 'the program state');
}

/** Locals are known exactly (program files), or as everything that the code has received so far. */
function foldTask(hash: Hash, task: SimTask): void {
  const { pending } = task;
  hash.fold(pending === null ? -1 : pending.object.id);
  hash.fold(pending === null ? -1 : pending.code);
  hash.fold(task.gate >= 0 ? 1 : 0);
  if (!task.started || task.finished) return;
  const local = task.body?.localKey?.();
  if (local === undefined) hash.foldHash(task.history);
  else foldPlain(hash, local, `the locals of task '${task.name}'`);
}
