/** Shows each task's program to one validator as it would run all by itself, and answers what is reported. */
import { type Lock, LockKey, type Report, type Task, Validator, type ValidatorMode } from '@lockdep/core';
import { runAlone } from './explore-locks.ts';
import type { TaskOp, TaskPrograms } from './lock-tasks.ts';

export function validateTasks({ locks, tasks }: TaskPrograms, mode: ValidatorMode = 'ideal'): readonly Report[] {
  const validator = new Validator({ mode, sites: false });
  const keys = new Map<string, LockKey>();
  const instances = new Map<string, Lock>();
  for (const [name, className] of Object.entries(locks)) {
    const key = keys.get(className) ?? new LockKey({ name: className, kind: 'lockmap' });
    keys.set(className, key);
    instances.set(name, validator.lock(key, { label: name }));
  }
  for (const [number, ops] of tasks.entries()) {
    const task = validator.task(`task ${number + 1}`);
    for (const op of runAlone(ops)) perform(validator, task, instances.get(op.lock)!, op);
  }
  return validator.reports;
}

function perform(validator: Validator, task: Task, lock: Lock, op: TaskOp): void {
  if (op.op === 'take') validator.acquire(task, lock, { mode: op.mode, trylock: op.trylock });
  else if (op.op === 'drop') validator.release(task, lock);
  else validator.downgrade(task, lock);
}
