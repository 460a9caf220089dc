/**
 * What one validator knows, shared by the event handlers and the checks: classes, chains, the order graph with its evidence,
 * tasks, and the reports so far. The hot path lives in validator.ts; everything that reads or writes here is the miss path.
 */
import { ChainTrie, INSTANCE, LABEL_BITS, REPORTED } from './chain-trie.ts';
import { Circles, isProved, levelOf, yieldsTo } from './circles.ts';
import { ClassTable } from './class-table.ts';
import { type ContextKind, ContextKinds } from './context-kinds.ts';
import { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { cycleIdentity, fingerprint } from './fingerprint.ts';
import { pathHops } from './hop.ts';
import { InstanceOrder } from './instance-order.ts';
import type { Lock } from './lock.ts';
import type { LockKey } from './lock-key.ts';
import type { LockStatistics } from './lock-statistics.ts';
import { MODE_MASK, modeName, NESTED, TRYLOCK, UNCHECKED } from './mode.ts';
import { OrderGraph } from './order-graph.ts';
import type { CircularReport, ClassRef, Level, LockRef, OrderReport, Report, Site, Verdict } from './report.ts';
import { rules } from './rules.ts';
import { captureSite, nowhere, plainSite } from './site.ts';
import { StrongPathSearch } from './strong-path.ts';
import { CHAIN_SHIFT, ENABLED_SHIFT, INHERITED, NEVER_SETTLED, SITED, Task } from './task.ts';
import { USED, usageCharacters } from './usage.ts';

/** The bits of `how` that tell chains apart: all of them, or the mode alone as in the kernel's chain key. */
export const EXACT_LABEL: number = MODE_MASK | TRYLOCK | UNCHECKED | NESTED;
export const KERNEL_LABEL: number = MODE_MASK;

/** ideal: the right answer. kernel: Linux's answer, its known misses included (for comparison with recordings). */
export type ValidatorMode = 'ideal' | 'kernel';

export interface EngineOptions {
  readonly mode: ValidatorMode;
  readonly sites: boolean;
  readonly contexts: readonly ContextKind[];
}

export class Engine {
  readonly exact: boolean;
  /** Bits of `how` that tell apart how a chain is settled: none where they tell chains apart already. */
  readonly variantMask: number;
  readonly sites: boolean;
  readonly contexts: ContextKinds;
  readonly classes: ClassTable = new ClassTable();
  readonly trie: ChainTrie = new ChainTrie();
  readonly order: OrderGraph = new OrderGraph();
  readonly paths: StrongPathSearch;
  readonly evidence: Evidence = new Evidence(this.trie);
  /** Where each chain was first formed, by trie node: the site of its last acquisition. */
  readonly nodeSites: (Site | undefined)[] = [];
  readonly circles: Circles = new Circles();
  readonly nodeReports: Map<number, Set<Report>> = new Map();
  /** Live tasks by id. */
  readonly tasks: Map<number, Task> = new Map();
  /** Union of all classes' usage bits: while no context was ever entered, context searches are skipped. */
  usageSeen = 0;
  events = 0;
  readonly reports: Report[] = [];
  /** Null while statistics are off. */
  statistics: LockStatistics | null = null;
  readonly #byFingerprint = new Map<string, Report>();
  /** Recursions of readers, harmless until their class gets a writer, by class. */
  readonly #amongReaders = new Map<number, Report[]>();
  readonly #listeners = new Set<(report: Report) => void>();
  readonly #instanceOrders = new WeakMap<LockKey, InstanceOrder>();
  #nextTask = 1;
  #nextSegment = 1;

  constructor(options: EngineOptions) {
    this.exact = options.mode === 'ideal';
    this.variantMask = this.exact ? 0 : 3;
    this.sites = options.sites;
    this.contexts = new ContextKinds(options.contexts);
    this.paths = new StrongPathSearch(this.order, this.exact);
  }

  /** What is known of the order among instances of a key. */
  instanceOrder(key: LockKey): InstanceOrder {
    let order = this.#instanceOrders.get(key);
    if (order === undefined) {
      order = new InstanceOrder(key.order);
      this.#instanceOrders.set(key, order);
    }
    return order;
  }

  task(name: string, parent: Task | null): Task {
    const { contexts } = this;
    const enabled = contexts.initiallyEnabled;
    const task = new Task(name, this.#nextTask++, parent, enabled, this.trie);
    this.contextChanged(task);
    this.newSegment(task);
    this.tasks.set(task.id, task);
    return task;
  }

  subscribe(listener: (report: Report) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Turns a finding into a report, or counts it again; tells the listeners about new ones. */
  report(finding: Finding, task: Task, site: Site | null): Report {
    const known = this.#byFingerprint.get(fingerprint(finding));
    if (known !== undefined) {
      this.recount(known);
      return known;
    }
    return this.#add(finding, {
      task: task.name,
      held: this.heldAround(task),
      site: plainSite(site ?? (this.sites ? captureSite() : null)),
      event: this.events,
    });
  }

  #add(finding: Finding, { task, held, site, event }: Pick<Report, 'task' | 'held' | 'site' | 'event'>): Report {
    const mark = fingerprint(finding);
    const known = this.#byFingerprint.get(mark);
    if (known !== undefined) return known;
    const { id, level: usual } = rules[finding.kind];
    const readers = finding.kind === 'recursive' ? this.#onlyRead(finding) : null;
    const level =
      finding.kind === 'circular' ? levelOf(finding.verdict.kind, finding.layer) : readers !== null ? 'note' : usual;
    const report = { ...finding, rule: id, level, fingerprint: mark, task, held, site, count: 1, event } as Report;
    this.#byFingerprint.set(mark, report);
    this.reports.push(report);
    if (readers !== null) this.#amongReaders.set(readers, [...(this.#amongReaders.get(readers) ?? []), report]);
    for (const listener of this.#listeners) listener(report);
    return report;
  }

  /** A class has got its first writer: its readers can have to wait now. */
  written(classId: number): void {
    this.circles.judgeAgain(this);
    for (const report of this.#amongReaders.get(classId) ?? []) {
      if (!('verdict' in report)) this.#setLevel(report, rules[report.kind].level);
    }
    this.#amongReaders.delete(classId);
  }

  /** A circle has become surer: the same report when it is the same circle, another one when another through its closing edge is. */
  raise(report: CircularReport, circle: readonly number[], verdict: Verdict): CircularReport {
    const cycle = pathHops(this, circle).map((hop, at) => (at === 0 ? { ...hop, isNew: true } : hop));
    const { kind, message, want, holding, layer } = report;
    const same = cycleIdentity(cycle) === cycleIdentity(report.cycle);
    const surer = same
      ? report
      : (this.#add({ kind, message, want, holding, cycle, verdict, layer }, report) as CircularReport);
    // The other circle may have been reported before, when it was less sure; what was proved stays.
    if (isProved(surer.verdict.kind)) return surer;
    Object.assign(surer, { verdict });
    this.#setLevel(surer, levelOf(verdict.kind, layer));
    return surer;
  }

  /** Evidence from outside. */
  prove(report: OrderReport, verdict: Verdict): void {
    if (!yieldsTo(report.verdict?.kind ?? 'possible', verdict.kind)) return;
    Object.assign(report, { verdict });
    if (report.kind === 'circular') this.#setLevel(report, levelOf(verdict.kind, report.layer));
    // Of these nothing but a proof is a verdict, so that without one they are as loud as their rule says.
    else if (verdict.kind !== 'unconfirmed') this.#setLevel(report, levelOf(verdict.kind, 'order'));
  }

  /** The class of a recursion of readers that nobody has ever written: its id; else null. */
  #onlyRead({ want, holding }: Finding & { kind: 'recursive' }): number | null {
    if (want.mode === 'write' || holding.mode === 'write') return null;
    const id = this.classes.classes.findIndex((found) => found?.name === want.class.name);
    return id >= 0 && (this.classes.usage[id]! & (1 << USED)) === 0 ? id : null;
  }

  #setLevel(report: Report, level: Level): void {
    if (report.level === level) return;
    Object.assign(report, { level });
    for (const listener of this.#listeners) listener(report);
  }

  recount(report: Report): void {
    (report as { count: number }).count += 1;
  }

  /** A site for something new: the caller's if it gave one, else captured, else nowhere. */
  siteFor(given: Site | null): Site {
    return given ?? (this.sites ? captureSite() : nowhere());
  }

  /** Where a held entry was taken: as given with the acquisition, else where its chain was first formed. */
  heldSite(task: Task, index: number): Site {
    if ((task.how(index) & SITED) !== 0) return task.sites[index] ?? nowhere();
    return this.nodeSites[task.nodeOf(index)] ?? nowhere();
  }

  classRef(id: number): ClassRef {
    const { name, key } = this.classes.get(id);
    return {
      name,
      kind: key.kind,
      usage: usageCharacters(this.classes.usage[id]!, this.contexts),
      waitInner: this.classes.waitInner[id]!,
      waitOuter: this.classes.waitOuter[id]!,
    };
  }

  lockRef(lock: Lock, classId: number, how: number, site: Site | null): LockRef {
    const described = lock.key.describe?.(lock);
    return {
      lock: described === undefined ? lock.label : `${lock.label} ${described}`,
      class: this.classRef(classId),
      mode: modeName(how),
      trylock: (how & TRYLOCK) !== 0,
      site: plainSite(site),
    };
  }

  heldRef(task: Task, index: number): LockRef {
    const how = task.how(index);
    // What is inherited cannot block and is kept as a trylock, but that is not how it was taken.
    const taken = (how & INHERITED) === 0 ? how : how & ~TRYLOCK;
    return this.lockRef(task.locks[index]!, task.classOf(index), taken, this.heldSite(task, index));
  }

  /** The locks a task holds itself, oldest first. */
  heldBy(task: Task): LockRef[] {
    return this.heldAround(task).filter((_, index) => (task.how(index) & INHERITED) === 0);
  }

  /** All locks held where a task runs: those it was forked under as well. */
  heldAround(task: Task): LockRef[] {
    return Array.from({ length: task.depth }, (_, index) => this.heldRef(task, index));
  }

  /** The trie node of one more (class, how) on a chain. */
  chainNode(before: number, classId: number, how: number): number {
    const label = (classId << LABEL_BITS) | (how & (this.exact ? EXACT_LABEL : KERNEL_LABEL));
    const known = this.trie.child(before, label);
    return known >= 0 ? known : this.trie.insert(before, label);
  }

  /**
   * From now on an acquisition like this one needs no look. Each context state has four bits of a node, told apart (in kernel
   * mode, where chains are not) by trylock and unchecked.
   */
  settle(task: Task, node: number, how: number): void {
    if (task.settledShift === NEVER_SETTLED || (this.trie.flags[node]! & (INSTANCE | REPORTED)) !== 0) return;
    this.trie.settle(node, task.settledShift + ((how >> 2) & this.variantMask));
  }

  /** The task is at a new place between forks and joins: chains it has walked before are to be witnessed again. */
  newSegment(task: Task): void {
    task.segment = this.#nextSegment++;
  }

  /** Recomputes what depends on a task's contexts. */
  contextChanged(task: Task): void {
    task.chain = this.contexts.chainOf(task.entered);
    task.packed = (task.chain << CHAIN_SHIFT) | (task.enabled << ENABLED_SHIFT);
    const unsettled = task.off > 0 || (this.exact && interrupts(task));
    const state = unsettled ? -1 : this.contexts.state(task.entered, task.enabled, task.threaded);
    task.settledShift = state < 0 ? NEVER_SETTLED : state * 4;
  }
}

/** Does the task hold locks of another context? Its chain does not tell of them, so what it takes now is looked at each time. */
function interrupts(task: Task): boolean {
  for (let index = 0; index < task.depth; index++) if (task.chainOf(index) !== task.chain) return true;
  return false;
}
