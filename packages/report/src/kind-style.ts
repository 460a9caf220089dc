/**
 * How a kind of lock looks in a picture. Shape says how it waits (boxes sleep, ellipses spin, the rest is special); colour
 * says what it is. Data only; unknown kinds get the default.
 */

/** Graphviz attributes of a node. */
export interface KindStyle {
  readonly shape: string;
  readonly fill: string;
}

const BLUE = '#dbeafe';
const GREEN = '#dcfce7';
const YELLOW = '#fef9c3';
const ORANGE = '#ffedd5';
const VIOLET = '#ede9fe';
const GREY = '#f3f4f6';

const STYLES: ReadonlyMap<string, KindStyle> = new Map([
  ['mutex', { shape: 'box', fill: BLUE }],
  ['rtmutex', { shape: 'box', fill: BLUE }],
  ['ww_mutex', { shape: 'box', fill: VIOLET }],
  ['rwsem', { shape: 'box', fill: GREEN }],
  ['semaphore', { shape: 'box', fill: ORANGE }],
  ['spinlock', { shape: 'ellipse', fill: YELLOW }],
  ['raw_spinlock', { shape: 'ellipse', fill: ORANGE }],
  ['rwlock', { shape: 'ellipse', fill: GREEN }],
  ['local_lock', { shape: 'hexagon', fill: YELLOW }],
  ['bit_lock', { shape: 'octagon', fill: BLUE }],
  ['completion', { shape: 'cds', fill: VIOLET }],
  ['ww_ctx', { shape: 'note', fill: VIOLET }],
  ['lockmap', { shape: 'note', fill: GREY }],
  ['rcu', { shape: 'note', fill: GREEN }],
  ['rcu_bh', { shape: 'note', fill: GREEN }],
  ['rcu_sched', { shape: 'note', fill: GREEN }],
]);

const DEFAULT: KindStyle = { shape: 'box', fill: GREY };

/** The look of a kind. */
export function kindStyle(kind: string): KindStyle {
  return STYLES.get(kind) ?? DEFAULT;
}
