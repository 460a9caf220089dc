/**
 * One record of the lock event log, as the parser hands it out: a single reused object.
 *
 * The log is the text a recording kernel writes: every lock event it processed in one global order, with all arguments,
 * and what it decided. A line is `SEQ TYPE CPU PID COMM DEPTH CTX TIME key=value...`. Only the fields that the type
 * carries are meaningful, the others hold leftovers: the object is overwritten by the next record, so copy what must
 * survive.
 */

/**
 * Record types. Inputs: `A` acquire, `R` release, `D` downgrade, `C` set class, `S` sync, `I` init, `H` hardirqs (and
 * maybe softirqs) enabled while locks are held, `s` softirqs enabled while locks are held, `x` `y` an acquire or
 * release that was ignored, `k` key registered, `0` reset. Outputs: `N` new class, `U` usage bit, `K` new chain, `E`
 * new dependency, `e` dependency changed, `Z` class zapped, `W` report printed. Notes: `#` marker, `!` snapshot taken
 * here.
 */
export type EventLogType =
  | 'A'
  | 'R'
  | 'D'
  | 'C'
  | 'S'
  | 'I'
  | 'H'
  | 's'
  | 'x'
  | 'y'
  | 'k'
  | '0'
  | 'N'
  | 'U'
  | 'K'
  | 'E'
  | 'e'
  | 'Z'
  | 'W'
  | '#'
  | '!';

/** Every record type. */
export const RECORD_TYPES: readonly EventLogType[] = [...'ARDCSIHsxyk0NUKEeZW#!'] as EventLogType[];

/** The flag characters of the context column; each place has its own letter or `-`. */
export const FLAG_LETTERS: string = 'hsISndtX';

/** Bits of {@link EventLogRecord.context}, in the order of the eight flag characters `hsISndtX`. */
export const ContextFlag = {
  /** In hardirq context, as lockdep counts it. */
  hardirq: 1,
  /** In softirq context. */
  softirq: 2,
  /** Hardirqs enabled, as lockdep sees it. */
  hardirqsEnabled: 4,
  /** Softirqs enabled. */
  softirqsEnabled: 8,
  nmi: 16,
  /** Interrupts off at the point of recording; always set for `A` and `R`: use {@link EventLogRecord.hardirqsOff}. */
  irqsOff: 32,
  /** Threaded or configurable interrupt: matters for wait types only. */
  threaded: 64,
  /** Lock debugging has been switched off by an earlier report. */
  locksOff: 128,
} as const;

/** The reused record. Ids of addresses and strings belong to the parser's `addresses` and `strings`. */
export class EventLogRecord {
  type: EventLogType = '#';
  /** Number in the global order. */
  sequence = 0;
  cpu = 0;
  pid = 0;
  /** String id: the task's name. */
  comm = 0;
  /** Number of locks held before the event. */
  depth = 0;
  /** {@link ContextFlag} bits. */
  context = 0;
  /** Seconds, or NaN where the log leaves it out. */
  time: number = Number.NaN;

  /** Address id of the lock. A C D I N R S x y. */
  lock = 0;
  /** Address id: the base of the class key (A C I S x k), or the key plus subclass (N Z). 0: none. */
  key = 0;
  /** 0–7. A C I N S Z x. */
  subclass = 0;
  /** 0 or 1. A S x. */
  trylock = 0;
  /** 0 write, 1 read, 2 recursive read. A K S x. */
  read = 0;
  /** The raw argument: 0 unchecked, 1 checked. A S x. */
  check = 0;
  /** Address id of the nest lock, 0 none. A S x. */
  nest = 0;
  /** Hardirqs were off at the call: 0 or 1. A S x. */
  hardirqsOff = 0;
  /** Index of the class in the kernel's table; -1 none. A K N S U Z x. */
  classIndex = 0;
  /** 1 pushed, 2 merged into the held lock below, 0 refused or reported, -1 ignored. A S x. */
  result = 0;
  /** String id: the caller as `symbol+0xoffset`; 0 none. A C D I R S x y. */
  ip = 0;

  /** Inner and outer wait type and lock type. I N. */
  waitInner = 0;
  waitOuter = 0;
  lockType = 0;
  /** The `#version` of a class name. N. */
  version = 0;
  /** Symbol of the key. N. */
  keySymbol = '';
  /** `lock->name`. N; C where given. */
  lockName = '';

  /** Class indexes, distance and dependency bits of a dependency. E e. */
  from = 0;
  to = 0;
  distance = 0;
  dep = 0;
  /** Usage bit just set, and the class's whole mask. U. */
  bit = 0;
  mask = 0;
  /** 2 × hardirq + softirq, length, and 64-bit key in hexadecimal. K. */
  irqContext = 0;
  chainLength = 0;
  chainKey = '';
  /** Kernel function that printed the report. W. */
  func = '';
  /** Text of a marker. # */
  text = '';
}
