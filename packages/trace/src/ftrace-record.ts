/**
 * One lock event of ftrace text, as the parser hands it out: a single reused object, overwritten by the next event.
 */

/**
 * `lost`: the kernel overwrote events here (`CPU:1 [LOST 123 EVENTS]`); only `cpu` and `lost` are meaningful then.
 */
export type FtraceEvent = 'acquire' | 'release' | 'contended' | 'acquired' | 'lost';

/** Ids of addresses and strings belong to the parser's `addresses` and `strings`. */
export class FtraceRecord {
  event: FtraceEvent = 'acquire';
  pid = 0;
  /** -1 when the line does not tell. */
  cpu = -1;
  /** String id: the task's name. */
  comm = 0;
  /** Address id. */
  lock = 0;
  /** String id: `lock->name`. */
  name = 0;
  /** Of `acquire`: it was a trylock. */
  trylock = false;
  /** Of `acquire`: a reader, recursive or not: the tracepoint does not tell which. */
  read = false;
  /** Seconds, or clock ticks where the trace has no decimal point. */
  time = 0;
  /** The line has an irq flags column; the four flags below are false without it. */
  hasFlags = false;
  /**
   * Hardware interrupts were off; a hardware interrupt was being served; softirqs were off; a softirq was being served.
   */
  irqsOff = false;
  hardirq = false;
  softirqsOff = false;
  softirq = false;
  /** In a non-maskable interrupt. */
  nmi = false;
  /**
   * The flags tell about disabled softirqs (columns of Linux 5.16 and later); before, `softirqsOff` is always false.
   */
  tellsSoftirqs = false;
  /** Of `lost`: number of events, 0 when it is not told. */
  lost = 0;
}
