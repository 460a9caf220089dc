/** Thrown into the code of a task where it waits when it is killed: its `finally` blocks run, at every depth of its calls. */
export class TaskKilledError extends Error {
  constructor(task: string) {
    super(`task '${task}' has been killed`);
    this.name = 'TaskKilledError';
  }
}
