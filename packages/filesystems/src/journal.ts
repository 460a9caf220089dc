/**
 * A journal as jbd2 has it: handles join the running transaction; a commit locks that one, waits until its handles have stopped, lets new
 * handles begin the next one, writes the data that has to be on disk first, and is done.
 *
 * Waited for only where the program says so ({@link EngineOptions.commits}): a handle is a step then, and its start may have to wait.
 * Elsewhere only the validator sees handles, and a commit is over at once. The commit thread runs only while there is something to commit.
 *
 * Invariants: a task has at most one handle, which nests; at most one transaction runs and one commits; a locked one gets no new handles but
 * reserved ones, for which whoever submitted the I/O has room already.
 */
import { type Agent, Completion } from '@lockdep/locks';
import type { Engine, FreezeLevel, Inode, Proc, Region } from '@lockdep/page-cache';

/** What a {@link Journal} needs of its file system. */
export interface JournalHost {
  readonly engine: Engine;
  readonly name: string;
  /** Shared by handles (`j_trans_commit_map`, and `jbd2_journal_lock_updates`). */
  readonly handles: FreezeLevel;
  /** Handles that fit: those of the running and of the committing transaction together. */
  readonly capacity: number;
  /** Submits the data of a file that is ordered before its transaction; answers the ends of the writebacks. */
  writeOrdered(inode: Inode): Proc<Completion[]>;
  /** No handle of the transaction is left: what it has freed is known. */
  seal(): Proc;
  /** It is on disk: what it has freed may be used again. */
  commit(): Proc;
}

/** One transaction. Source: `include/linux/jbd2.h: struct transaction_s`. */
class Transaction {
  /** Handles that have not stopped (`t_updates`). */
  updates = 0;
  /** Handles there have been: the room that it takes. */
  credits = 0;
  isLocked = false;
  isRequested = false;
  /** What the commit thread waits for while there are handles. */
  idle: Completion | null = null;
  /** Handles may begin, in the next transaction. */
  readonly unlocked: Completion;
  readonly committed: Completion;
  readonly ordered: Set<Inode> = new Set();

  constructor(name: string) {
    const happens = (what: string): Completion =>
      new Completion({ name: what, label: `${what}(${name})`, validator: null });
    this.unlocked = happens('transaction unlocked');
    this.committed = happens('transaction committed');
  }
}

interface Handle {
  readonly transaction: Transaction | null;
  depth: number;
}

/** The journal of one file system. Source: `fs/jbd2/transaction.c`, `fs/jbd2/commit.c`. */
export class Journal {
  readonly #host: JournalHost;
  readonly #region: Region;
  readonly #handles = new Map<Agent, Handle>();
  #running: Transaction | null = null;
  #committing: Transaction | null = null;
  #hasThread = false;

  constructor(host: JournalHost) {
    this.#host = host;
    this.#region = host.engine.machine.region(`journal of ${host.name}`);
  }

  /** Who has a handle, for oracles. */
  get open(): readonly string[] {
    return [...this.#handles.keys()].map(({ name }) => name);
  }

  /**
   * `jbd2_journal_start`; within a handle, the same one once more. Waits while the running transaction is locked, or while the journal is
   * full, for a commit; a reserved handle never does (`jbd2_journal_start_reserved`).
   */
  *start(isReserved: boolean = false): Proc {
    const { engine, handles } = this.#host;
    const agent = engine.machine.current();
    const nested = this.#handles.get(agent);
    if (nested !== undefined) {
      nested.depth += 1;
      return;
    }
    yield* handles.acquireRead();
    if (!engine.commits) {
      this.#handles.set(agent, { transaction: null, depth: 1 });
      return;
    }
    for (;;) {
      const wait = yield* this.#step('start a handle', () => this.#join(agent, isReserved));
      if (wait === null) return;
      yield* handles.releaseRead();
      handles.mightWait();
      yield* this.#runThread();
      yield* wait.wait();
      yield* handles.acquireRead();
    }
  }

  /** `jbd2_journal_stop` */
  *stop(): Proc {
    const { engine, handles } = this.#host;
    const agent = engine.machine.current();
    const handle = this.#handles.get(agent)!;
    handle.depth -= 1;
    if (handle.depth > 0) return;
    const { transaction } = handle;
    this.#handles.delete(agent);
    if (transaction !== null) {
      const idle = yield* this.#step('stop a handle', () => {
        transaction.updates -= 1;
        return transaction.updates === 0 ? transaction.idle : null;
      });
      if (idle !== null) yield* idle.completeAll();
    }
    yield* handles.releaseRead();
  }

  /** The data of the file goes to disk before what the current handle changes (`jbd2_journal_inode_ranged_write`). */
  *order(inode: Inode): Proc {
    const transaction = this.#handles.get(this.#host.engine.machine.current())?.transaction ?? null;
    if (transaction === null) return;
    yield* this.#step(`data of ${inode.name} first`, () => {
      transaction.ordered.add(inode);
    });
  }

  /** Waits until everything that has been changed so far is on disk. Duty of the caller: no handle. Source: `jbd2_log_wait_commit`. */
  *commit(): Proc {
    this.#host.handles.mightWait();
    yield* this.flush();
  }

  /** The same for one who has kept all handles out (`jbd2_journal_flush`). */
  *flush(): Proc {
    if (!this.#host.engine.commits) {
      yield* this.#host.seal();
      yield* this.#host.commit();
      return;
    }
    const last = yield* this.#step('commit what there is', () => {
      if (this.#running !== null) this.#running.isRequested = true;
      return this.#running ?? this.#committing;
    });
    yield* this.#runThread();
    if (last !== null) yield* last.committed.wait();
  }

  /** The commit timer: has the running transaction committed, and does not wait (`jbd2_journal_start_commit`). */
  *startCommit(): Proc {
    if (!this.#host.engine.commits) return;
    yield* this.#step('commit timer', () => {
      if (this.#running !== null) this.#running.isRequested = true;
    });
    yield* this.#runThread();
  }

  /** Null: the task has a handle now. Otherwise what it has to wait for first. */
  #join(agent: Agent, isReserved: boolean): Completion | null {
    const running = this.#running;
    if (!isReserved) {
      if (running?.isLocked === true) return running.unlocked;
      const used = (running?.credits ?? 0) + (this.#committing?.credits ?? 0);
      if (used >= this.#host.capacity) {
        if (this.#committing !== null) return this.#committing.committed;
        running!.isRequested = true;
        return running!.committed;
      }
    }
    const transaction = running ?? new Transaction(this.#host.name);
    this.#running = transaction;
    transaction.updates += 1;
    if (!isReserved) transaction.credits += 1;
    this.#handles.set(agent, { transaction, depth: 1 });
    return null;
  }

  /** Wakes the commit thread when there is something to commit and none runs. */
  *#runThread(): Proc {
    const { machine } = this.#host.engine;
    const isNeeded = yield* this.#step('wake the commit thread', () => {
      const isNeeded = !this.#hasThread && this.#running?.isRequested === true;
      this.#hasThread ||= isNeeded;
      return isNeeded;
    });
    if (isNeeded) yield* machine.start(`jbd2/${this.#host.name}`, () => this.#thread());
  }

  /** `kjournald2`. No allocation of it enters a file system, which might wait for the commit, or for data that it has not submitted yet. */
  *#thread(): Proc {
    const { memory } = this.#host.engine;
    const saved = memory.nofsSave();
    for (;;) {
      const transaction = yield* this.#step('lock the transaction', () => {
        const next = this.#running;
        this.#hasThread = next?.isRequested === true;
        if (!this.#hasThread) return null;
        next!.isLocked = true;
        return next;
      });
      if (transaction === null) break;
      yield* this.#commit(transaction);
    }
    memory.nofsRestore(saved);
  }

  /** `jbd2_journal_commit_transaction` */
  *#commit(transaction: Transaction): Proc {
    for (;;) {
      const idle = yield* this.#step('all handles stopped?', () => this.#switch(transaction));
      if (idle === null) break;
      yield* idle.wait();
    }
    yield* this.#host.seal();
    yield* transaction.unlocked.completeAll();
    const ends: Completion[] = [];
    for (const inode of transaction.ordered) ends.push(...(yield* this.#host.writeOrdered(inode)));
    for (const end of ends) yield* end.wait();
    yield* this.#host.commit();
    yield* this.#step('commit record', () => {
      this.#committing = null;
    });
    yield* transaction.committed.completeAll();
  }

  /** Null: no handle is left, and the next one begins another transaction. */
  #switch(transaction: Transaction): Completion | null {
    if (transaction.updates > 0) {
      transaction.idle = new Completion({ name: 'handles', label: `handles(${this.#host.name})`, validator: null });
      return transaction.idle;
    }
    this.#running = null;
    this.#committing = transaction;
    return null;
  }

  *#step<T>(words: string, perform: () => T): Proc<T> {
    return yield* this.#host.engine.machine.access([], [this.#region], words, perform);
  }
}
