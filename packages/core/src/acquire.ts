/**
 * The miss path of an acquisition: everything the hot path in validator.ts could not answer from a known chain.
 *
 * The order of the checks decides which report appears first, and is the kernel's: nest merge, wait type, usage, nest lock
 * held, then (once per chain) same class and dependencies. Each check is a small module in checks/.
 */
import type { Acquisition } from './acquisition.ts';
import { ANYBODY, INSTANCE, REPORTED, ROOT, VALIDATED } from './chain-trie.ts';
import { checkDependencies, witnessDependencies } from './checks/dependencies.ts';
import { checkInstanceOrder } from './checks/instance-order.ts';
import { checkNestHeld } from './checks/nest-held.ts';
import { checkSameClass } from './checks/same-class.ts';
import { checkUsage } from './checks/usage.ts';
import { checkWaitContext } from './checks/wait-context.ts';
import type { Engine } from './engine.ts';
import type { Finding } from './finding.ts';
import type { Lock } from './lock.ts';
import { NESTED, SUBCLASS_SHIFT, SYNC, TRYLOCK, UNCHECKED } from './mode.ts';
import type { Report, Site } from './report.ts';
import { CHAIN_SHIFT, COUNT, COUNTED, ENABLED_SHIFT, HOW, NODE, ROW, SITED, type Task } from './task.ts';

/** What a replay hands over of the entry it re-acquires. */
export interface Replayed {
  readonly enabled: number;
  readonly count: number;
  readonly flags: number;
}

/** Processes one acquisition completely. Returns false when it was merged into the entry below it. */
export function acquire(
  engine: Engine,
  task: Task,
  lock: Lock,
  asked: number,
  nest: Lock | null,
  site: Site | null,
  replayed: Replayed | null = null,
): boolean {
  const how = asked | lock.entry.forced | (nest === null ? 0 : NESTED);
  const subclass = (how >> SUBCLASS_SHIFT) & 7 || lock.subclass;
  const classId = engine.classes.register(lock.entry, subclass);
  if (nest !== null && (how & SYNC) === 0 && merged(task, classId, replayed?.count ?? 0)) return false;

  const acquisition: Acquisition = {
    task,
    lock,
    how,
    nest,
    site,
    classId,
    enabled: replayed?.enabled ?? task.enabled,
    chainStart: chainStart(task),
  };
  let reports: Report[] | null = null;
  const found = (finding: Finding): Report => {
    const report = engine.report(finding, task, site);
    reports = [...(reports ?? []), report];
    return report;
  };
  checkWaitContext(engine, acquisition, found);
  checkUsage(engine, acquisition, found);
  checkNestHeld(engine, acquisition, found);
  const node = chainNode(
    engine,
    acquisition,
    acquisition.chainStart === task.depth ? ROOT : task.nodeOf(task.depth - 1),
  );
  if ((how & (TRYLOCK | UNCHECKED)) === 0) checkChain(engine, acquisition, node, found);
  if (reports !== null) rememberReports(engine, node, reports);
  // A sync has not marked what a lock that stays held would mark; it must not answer for one.
  else if (acquisition.enabled === task.enabled && (how & SYNC) === 0) engine.settle(task, node, how);
  if ((how & SYNC) === 0) push(task, acquisition, node, replayed);
  return true;
}

/** A nest lock is named and the top entry is of the class already: count it there, check nothing (features of lockdep, §10). */
function merged(task: Task, classId: number, replayedCount: number): boolean {
  const top = task.depth - 1;
  if (top < 0 || task.classOf(top) !== classId) return false;
  const row = top * ROW;
  if ((task.held[row + HOW]! & COUNTED) === 0) {
    task.held[row + HOW]! |= COUNTED;
    task.held[row + COUNT] = 1;
  }
  task.held[row + COUNT]! += Math.max(replayedCount, 1);
  return true;
}

function chainStart(task: Task): number {
  let start = task.depth;
  while (start > 0 && task.chainOf(start - 1) === task.chain) start -= 1;
  return start;
}

/** The trie node of the acquisition; a new one keeps where it was formed and learns whether instances matter on it. */
function chainNode(engine: Engine, acquisition: Acquisition, before: number): number {
  const node = engine.chainNode(before, acquisition.classId, acquisition.how);
  if (engine.nodeSites[node] === undefined) {
    engine.nodeSites[node] = engine.siteFor(acquisition.site);
    if (engine.exact && instancesMatter(engine, acquisition)) engine.trie.flags[node]! |= INSTANCE;
  }
  return node;
}

/** Does the outcome depend on which locks these are? Then it is decided each time, not once per chain. */
function instancesMatter(engine: Engine, { task, lock, nest }: Acquisition): boolean {
  if (nest !== null || lock.scope !== null) return true;
  const { key } = lock;
  for (let index = 0; index < task.depth; index++) {
    if (engine.classes.get(task.classOf(index)).key === key || task.locks[index]!.scope !== null) return true;
  }
  return false;
}

/** Validates the chain when it is new, or when instances matter on it. */
function checkChain(engine: Engine, acquisition: Acquisition, node: number, found: (finding: Finding) => Report): void {
  const { trie } = engine;
  const flags = trie.flags[node]!;
  const known = (flags & VALIDATED) !== 0;
  // A chain begins anew in a context that interrupts, so it does not tell whether the class is held below it already.
  const alone = !engine.exact || acquisition.chainStart === 0;
  if (known && alone && (flags & INSTANCE) === 0) {
    recount(engine, node);
    const { segment } = acquisition.task;
    const owner = trie.owner(node);
    if (owner !== ANYBODY && owner !== segment) {
      trie.setOwner(node, witnessDependencies(engine, acquisition) ? ANYBODY : segment);
    }
    return;
  }
  trie.validate(node, acquisition.task.chain);
  if (engine.exact) checkInstanceOrder(engine, acquisition, found);
  if (checkSameClass(engine, acquisition, found) !== 'learn') return;
  const saturated = checkDependencies(engine, acquisition, found);
  trie.setOwner(node, saturated ? ANYBODY : acquisition.task.segment);
}

/** A chain on which something was reported stays on the miss path, so that every recurrence is counted. */
function rememberReports(engine: Engine, node: number, reports: readonly Report[]): void {
  engine.trie.flags[node]! |= REPORTED;
  engine.trie.unsettle(node);
  const known = engine.nodeReports.get(node) ?? new Set();
  for (const report of reports) if (report.kind === 'circular' || report.kind === 'irq-order') known.add(report);
  engine.nodeReports.set(node, known);
}

function recount(engine: Engine, node: number): void {
  for (const report of engine.nodeReports.get(node) ?? []) engine.recount(report);
}

function push(
  task: Task,
  { lock, how, nest, site, enabled }: Acquisition,
  node: number,
  replayed: Replayed | null,
): void {
  task.reserve();
  const index = task.depth++;
  const row = index * ROW;
  const flags = how | (site === null ? 0 : SITED) | (replayed?.flags ?? 0);
  task.held[row + HOW] = flags | (task.chain << CHAIN_SHIFT) | (enabled << ENABLED_SHIFT);
  task.held[row + NODE] = node;
  task.held[row + COUNT] = replayed?.count ?? 0;
  task.locks[index] = lock;
  if (nest !== null) task.nests[index] = nest;
  if (site !== null) task.sites[index] = site;
}
