/**
 * Acquisitions of an ftrace stream that are held back until the next release shows that releases are being recorded.
 *
 * Kernels enable and disable trace events one by one, and boot enables them several times over: for a while
 * acquisitions are recorded and releases are not, and everything taken then would look held for ever. A task that takes
 * a lock exclusively which it took earlier in the same run of acquisitions, with no release by anybody between, proves
 * such a gap. Ordinary runs are short (below ten, measured), so the look-back costs a few comparisons.
 */

/** One acquisition that waits. */
export interface HeldBackAcquire {
  task: number;
  comm: number;
  address: number;
  name: number;
  entered: number;
  enabled: number;
  trylock: boolean;
  read: boolean;
  /** The task had to wait for it. */
  waiting: boolean;
  line: number;
}

/** More acquisitions than this in a row are taken for real: the kernel's own limit of held locks per task is 48. */
const LONGEST_RUN = 64;

/** The acquisitions since the last release, oldest first. */
export class AcquireRun {
  /** Reused; the first {@link length} are in use. */
  readonly entries: HeldBackAcquire[] = [];
  length = 0;

  /** Room for one more; fill it in before the next call. */
  add(): HeldBackAcquire {
    let entry = this.entries[this.length];
    if (entry === undefined) {
      entry = emptyEntry();
      this.entries.push(entry);
    }
    this.length++;
    return entry;
  }

  /** The last acquisition of a lock by a task, if it is held back. */
  find(task: number, address: number): HeldBackAcquire | undefined {
    for (let i = this.length - 1; i >= 0; i--) {
      const entry = this.entries[i]!;
      if (entry.address === address && entry.task === task) return entry;
    }
    return undefined;
  }

  get isFull(): boolean {
    return this.length >= LONGEST_RUN;
  }

  /**
   * Has the last entry's lock been taken by the same task before in this run, and is at least one of the two exclusive?
   */
  provesGap(): boolean {
    const last = this.entries[this.length - 1]!;
    for (let i = this.length - 2; i >= 0; i--) {
      const earlier = this.entries[i]!;
      if (earlier.address !== last.address || earlier.task !== last.task || earlier.entered !== last.entered) continue;
      if (!(earlier.read && last.read)) return true;
    }
    return false;
  }
}

function emptyEntry(): HeldBackAcquire {
  return {
    task: 0,
    comm: 0,
    address: 0,
    name: 0,
    entered: 0,
    enabled: 0,
    trylock: false,
    read: false,
    waiting: false,
    line: 0,
  };
}
