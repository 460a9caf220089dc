/** Hand-made reports of every kind, as the validator makes them, for the tests of all renderers. */
import type { NestedPair, OrderKeys } from '@lockdep/core';
import {
  type ClassRef,
  type Hop,
  type Level,
  type LockRef,
  type Mode,
  type ProvenSchedule,
  type Report,
  type ReportKind,
  rules,
  type Site,
  type Verdict,
} from '@lockdep/core';

export function classRef(name: string, kind = 'mutex', usage = '+.+.'): ClassRef {
  return { name, kind, usage, waitInner: kind === 'spinlock' ? 3 : kind === 'raw_spinlock' ? 2 : 4, waitOuter: 0 };
}

export function site(...frames: string[]): Site {
  return { frames: frames.map((text) => ({ text })) };
}

/** A frame as JavaScript gives it. */
export function jsSite(fn: string, file: string, line: number): Site {
  return {
    frames: [
      {
        function: fn,
        file: `/project/src/${file}`,
        line,
        column: 9,
        text: `at ${fn} (/project/src/${file}:${line}:9)`,
      },
    ],
  };
}

export function lockRef(lock: string, of: ClassRef, mode: Mode, at: Site, trylock = false): LockRef {
  return { lock, class: of, mode, trylock, site: at };
}

export interface HopOptions {
  readonly task?: string;
  readonly heldMode?: Mode;
  readonly wantMode?: Mode;
  readonly isNew?: boolean;
}

export function hop(from: ClassRef, to: ClassRef, options: HopOptions = {}): Hop {
  return {
    from,
    to,
    heldMode: options.heldMode ?? 'write',
    wantMode: options.wantMode ?? 'write',
    outerSite: site(`take_${from.name.replace(/\W/g, '')}+0x10/0x40`, 'caller+0x1/0x2'),
    innerSite: site(`nest_${to.name.replace(/\W/g, '')}+0x20/0x40`, 'caller+0x1/0x2'),
    outerLock: `ffff0${from.name.length}`,
    innerLock: `ffff1${to.name.length}`,
    task: options.task ?? 'kworker/0',
    isNew: options.isNew ?? false,
  };
}

/** A circle through the named classes, `names[0] → names[1]` being the new dependency. */
export function circular(
  names: readonly string[],
  modes: readonly (readonly [Mode, Mode])[] = [],
): Report & { kind: 'circular' } {
  const classes = names.map((name) => classRef(name));
  const cycle = classes.map((from, index) =>
    hop(from, classes[(index + 1) % classes.length]!, {
      task: `task-${index}`,
      isNew: index === 0,
      heldMode: modes[index]?.[0] ?? 'write',
      wantMode: modes[index]?.[1] ?? 'write',
    }),
  );
  const holding = lockRef('ffff8880', classes[0]!, cycle[0]!.heldMode, cycle[0]!.outerSite);
  const want = lockRef('ffff8881', classes[1]!, cycle[0]!.wantMode, cycle[0]!.innerSite);
  return {
    ...base('circular', `${names[0]} is taken before ${names[1]} here, and after it elsewhere.`),
    kind: 'circular',
    task: 'task-0',
    want,
    holding,
    held: [holding],
    site: cycle[0]!.innerSite,
    cycle,
    verdict: { kind: 'possible', reason: 'tasks that have shown these orders can meet' },
    layer: 'order',
  };
}

/** A circle through two classes after a search for schedules. */
export function judged(verdict: Verdict, level: Level): Report & { kind: 'circular' } {
  return { ...circular(['lab_b', 'lab_a']), verdict, level };
}

/** Two tasks, the second step of each kept from going on by the other. */
export const proof: ProvenSchedule = {
  steps: [
    { task: 'task-0', text: 'lock lab_b', site: jsSite('lockB', 'b.ts', 10) },
    { task: 'task-1', text: 'rdlock other', site: jsSite('first', 'a.ts', 29) },
    { task: 'task-1', text: 'lock lab_a' },
  ],
  waits: [
    { task: 'task-0', wants: 'lock lab_a', heldBy: ['task-1'] },
    { task: 'task-1', wants: 'lock lab_b', heldBy: ['task-0'] },
  ],
  preemptions: 1,
  diagram:
    'task-0\t\t\t\t\ttask-1\n  lock lab_b\n\t\t\t\t\t  rdlock other\n\t\t\t\t\t  lock lab_a\n\t\t\t\t\t  blocked: wants lab_b (held by task-0)\n  blocked: wants lab_a (held by task-1)\n=> deadlock',
  literal: "[\n  ['task-0', 'lock lab_b'],\n  ['task-1', 'rdlock other', 'lock lab_a'],\n]",
};

const CONFIRMED: Verdict = { kind: 'confirmed', reason: 'a schedule of the program deadlocks', schedule: proof };
const REFUTED: Verdict = { kind: 'refuted', reason: 'all 12 executions of the program end' };
const UNCONFIRMED: Verdict = {
  kind: 'unconfirmed',
  reason: 'neither found nor ruled out within 5000 executions',
  closest: 'one of 2 tasks got to where it wants the next lock',
};

function base(kind: ReportKind, message: string) {
  const { id, level } = rules[kind];
  return {
    rule: id,
    level,
    message,
    fingerprint: `${kind}:0123456789abcdef`,
    task: 'main',
    held: [] as LockRef[],
    site: site('leaf+0x1/0x9', 'root+0x2/0x9'),
    count: 1,
    event: 7,
  };
}

const nestedPair = (outer: OrderKeys, inner: OrderKeys): NestedPair => ({
  outer,
  inner,
  outerLock: 'ffff88800001',
  innerLock: 'ffff88800002',
});

const A = classRef('&a->lock');
const B = classRef('&b->lock', 'rwsem', '++++');
const SPIN = classRef('&q->lock', 'spinlock', '-.+.');
const IRQ = classRef('irq_lock', 'spinlock', '-...');
const OPEN = classRef('open_lock', 'spinlock', '+.+.');
const MIDDLE = classRef('middle_lock', 'spinlock', '....');
const aHeld = lockRef('ffff88800001', A, 'write', site('lock_a+0x4/0x10', 'entry+0x1/0x2'));
const aAgain = lockRef('ffff88800002', A, 'write', site('lock_a_again+0x8/0x10', 'entry+0x1/0x2'));
const bRead = lockRef('inode 12', B, 'read', jsSite('readInode', 'inode.ts', 40));

/** Reports by the name of the golden file they are compared with. */
export const examples: Readonly<Record<string, Report>> = {
  recursive: {
    ...base('recursive', '&a->lock is taken while another lock of its class is held.'),
    kind: 'recursive',
    want: aAgain,
    holding: aHeld,
    sameLock: false,
    compared: 1,
    held: [aHeld],
  },
  'recursive-confirmed': {
    ...base('recursive', '&a->lock is taken while another lock of its class is held.'),
    kind: 'recursive',
    want: aAgain,
    holding: aHeld,
    sameLock: false,
    held: [aHeld],
    verdict: CONFIRMED,
  },
  'recursive-same-lock': {
    ...base('recursive', '&a->lock is taken while it is held.'),
    kind: 'recursive',
    want: { ...aAgain, lock: aHeld.lock },
    holding: aHeld,
    sameLock: true,
    held: [aHeld],
  },
  'recursive-reader': {
    ...base('recursive', '&b->lock is read-locked while it is read-locked.'),
    kind: 'recursive',
    want: { ...bRead, site: jsSite('readAgain', 'inode.ts', 52) },
    holding: bRead,
    sameLock: true,
    held: [aHeld, bRead],
    count: 12,
  },
  'circular-2': circular(['lab_b', 'lab_a']),
  'circular-4': circular(
    ['&mm->mmap_lock', 'mapping.invalidate_lock', '&sb->s_type->i_mutex_key#7', 'jbd2_handle'],
    [
      ['read', 'read'],
      ['write', 'read'],
      ['write', 'recursive-read'],
      ['write', 'write'],
    ],
  ),
  'circular-confirmed': judged(CONFIRMED, 'error'),
  'circular-refuted': judged(REFUTED, 'note'),
  'circular-unconfirmed': judged(UNCONFIRMED, 'warning'),
  'circular-6': circular(['one', 'two', 'three', 'four', 'five', 'six']),
  'circular-names': circular(['a\nb', '"quoted" \u001b[31mred', '日本語ロック', 'constructor']),
  'bad-unlock': {
    ...base('bad-unlock', '&b->lock is released by a task that does not hold it.'),
    kind: 'bad-unlock',
    lock: { ...bRead, site: jsSite('finish', 'inode.ts', 77) },
    action: 'release',
    holders: ['reader-1', 'reader-2'],
  },
  'bad-unlock-downgrade': {
    ...base('bad-unlock', '&b->lock is downgraded by a task that does not hold it.'),
    kind: 'bad-unlock',
    lock: bRead,
    action: 'downgrade',
    holders: [],
    held: [aHeld],
  },
  'held-freed': {
    ...base('held-freed', '&a->lock is freed while it is held.'),
    kind: 'held-freed',
    lock: aHeld,
    action: 'dispose',
    held: [aHeld],
  },
  'held-at-exit': {
    ...base('held-at-exit', 'main ends with 2 locks held.'),
    kind: 'held-at-exit',
    left: [aHeld, bRead],
    held: [aHeld, bRead],
    site: { frames: [] },
  },
  'nest-not-held': {
    ...base('nest-not-held', 'The nest lock &root->lock is not held.'),
    kind: 'nest-not-held',
    want: aAgain,
    nest: 'ffff8880000f',
    nestClass: '&root->lock',
    held: [aHeld],
  },
  'invalid-wait-context': {
    ...base('invalid-wait-context', 'A lock that may sleep is taken under one that may not.'),
    kind: 'invalid-wait-context',
    want: aHeld,
    wants: 4,
    have: 3,
    limitedBy: lockRef('ffff88800009', SPIN, 'write', site('lock_q+0x1/0x2')),
    context: 'task',
    held: [lockRef('ffff88800009', SPIN, 'write', site('lock_q+0x1/0x2'))],
  },
  'invalid-wait-context-irq': {
    ...base('invalid-wait-context', 'A lock that may sleep is taken in an interrupt.'),
    kind: 'invalid-wait-context',
    want: aHeld,
    wants: 4,
    have: 2,
    limitedBy: null,
    context: 'hardirq',
  },
  'inconsistent-state': {
    ...base('inconsistent-state', '&q->lock is taken in hardirq context and held with it enabled.'),
    kind: 'inconsistent-state',
    lock: lockRef('ffff88800009', SPIN, 'write', site('lock_q+0x1/0x2')),
    oldUsage: 'IN-HARDIRQ-W',
    newUsage: 'HARDIRQ-ON-R',
    oldSite: site('timer_tick+0x3/0x7', 'handle_irq+0x1/0x2'),
  },
  'irq-inversion': {
    ...base('irq-inversion', 'irq_lock can interrupt the holder of open_lock.'),
    kind: 'irq-inversion',
    lock: lockRef('ffff88800010', IRQ, 'write', site('in_irq+0x1/0x2')),
    other: OPEN,
    state: 'HARDIRQ',
    direction: 'forwards',
    otherSite: site('open_take+0x1/0x2'),
    path: [hop(IRQ, OPEN, { task: 'worker' })],
  },
  'irq-inversion-backwards': {
    ...base('irq-inversion', 'irq_lock can interrupt the holder of open_lock.'),
    kind: 'irq-inversion',
    lock: lockRef('ffff88800011', OPEN, 'write', site('with_irqs_on+0x1/0x2')),
    other: IRQ,
    state: 'SOFTIRQ-READ',
    direction: 'backwards',
    otherSite: site('in_softirq+0x1/0x2'),
    path: [
      hop(IRQ, MIDDLE, { task: 'worker', wantMode: 'read' }),
      hop(MIDDLE, OPEN, { task: 'other', heldMode: 'read' }),
    ],
  },
  'irq-order': {
    ...base('irq-order', 'irq_lock, taken in hardirq context, now leads to open_lock.'),
    kind: 'irq-order',
    want: lockRef('ffff88800012', OPEN, 'write', site('nest_open+0x1/0x2')),
    holding: lockRef('ffff88800013', MIDDLE, 'write', site('take_middle+0x1/0x2')),
    state: 'HARDIRQ',
    safe: IRQ,
    unsafe: OPEN,
    safeSite: site('in_irq+0x1/0x2', 'handle_irq+0x1/0x2'),
    unsafeSite: site('open_take+0x1/0x2'),
    path: [hop(IRQ, MIDDLE, { task: 'worker' }), hop(MIDDLE, OPEN, { task: 'main', isNew: true })],
    held: [lockRef('ffff88800013', MIDDLE, 'write', site('take_middle+0x1/0x2'))],
  },
  'instance-order': {
    ...base('instance-order', 'Two locks are nested against their order.'),
    kind: 'instance-order',
    want: aAgain,
    holding: aHeld,
    by: 'address',
    comparable: true,
    pair: nestedPair({ address: 0x3000, ino: 5 }, { address: 0x2000, ino: 6 }),
    earlier: nestedPair({ address: 0x1000, ino: 2 }, { address: 0x2000, ino: 1 }),
  },
  'instance-order-scope': {
    ...base('instance-order', 'Two locks are nested that their order cannot compare.'),
    kind: 'instance-order',
    want: aAgain,
    holding: aHeld,
    by: 'ino',
    comparable: false,
    pair: nestedPair({ sb: 1, ino: 5 }, { sb: 2, ino: 6 }),
    earlier: null,
  },
  'order-flip': {
    ...base('order-flip', 'The same two objects are nested both ways round.'),
    kind: 'order-flip',
    level: 'note',
    want: aAgain,
    holding: aHeld,
    by: 'address',
    comparable: true,
    pair: nestedPair({ address: 0x1000, ino: 2 }, { address: 0x2000, ino: 1 }),
    earlier: nestedPair({ address: 0x1000, ino: 1 }, { address: 0x2000, ino: 2 }),
  },
  'interleaved-order': {
    ...base('interleaved-order', 'A second lock is wanted under another ordered class.'),
    kind: 'interleaved-order',
    want: aAgain,
    holding: aHeld,
    between: bRead,
  },
  'ww-api': {
    ...base('ww-api', 'A lock is taken with a context that is done.'),
    kind: 'ww-api',
    what: 'acquire context 3 takes &ww->lock after ww_acquire_done()',
  },
  deadlock: {
    ...base('deadlock', '3 tasks wait for each other.'),
    kind: 'deadlock',
    waits: [
      { task: 'one', wants: aHeld, heldBy: 'two', heldSite: site('two_took_a+0x1/0x2') },
      {
        task: 'two',
        wants: { ...bRead, lock: 'inode 13' },
        heldBy: 'three',
        heldSite: jsSite('writeInode', 'inode.ts', 60),
      },
      { task: 'three', wants: bRead, heldBy: 'one', heldSite: jsSite('readInode', 'inode.ts', 40) },
    ],
  },
  assertion: {
    ...base('assertion', '&b->lock must be held for writing.'),
    kind: 'assertion',
    asserted: 'held-for-write',
    lock: { ...bRead, mode: 'write' },
    holders: [{ task: 'main', mode: 'read', site: jsSite('readInode', 'inode.ts', 40) }],
    held: [bRead],
  },
  'assertion-none-held': {
    ...base('assertion', 'No lock may be held here.'),
    kind: 'assertion',
    asserted: 'none-held',
    lock: null,
    holders: [],
    held: [aHeld],
  },
  pin: {
    ...base('pin', '&a->lock is released while it is pinned.'),
    kind: 'pin',
    lock: aHeld,
    what: 'released-while-pinned',
    held: [aHeld],
  },
  'bad-contention': {
    ...base('bad-contention', 'A wait for &a->lock is announced, but not its acquisition.'),
    kind: 'bad-contention',
    lock: aHeld,
  },
};

/** Every kind there is; a kind without an example fails the tests. */
export const allKinds: readonly ReportKind[] = [
  'recursive',
  'circular',
  'bad-unlock',
  'held-freed',
  'held-at-exit',
  'nest-not-held',
  'invalid-wait-context',
  'inconsistent-state',
  'irq-inversion',
  'irq-order',
  'instance-order',
  'order-flip',
  'interleaved-order',
  'ww-api',
  'deadlock',
  'assertion',
  'pin',
  'bad-contention',
];
