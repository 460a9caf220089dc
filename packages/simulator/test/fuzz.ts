/** Compares every exhaustive strategy on one random program: which traces there are, and how often each is completed. */
import type { Work } from '../src/engine/drive.ts';
import { isDeadlocked } from '../src/engine/run-execution.ts';
import type { Selector } from '../src/engine/selector.ts';
import { TraceHash } from '../src/engine/trace-hash.ts';
import type { World } from '../src/engine/world.ts';
import { settings } from '../src/explore/explore-options.ts';
import { Stage } from '../src/explore/stage.ts';
import type { ProgramFunction } from '../src/face/program.ts';
import { compileProgram } from '../src/notation/compile.ts';
import type { NotationProgram } from '../src/notation/program-file.ts';
import type { History } from '../src/search/history.ts';
import { OptimalDpor } from '../src/search/optimal-dpor.ts';
import { TreeSearch, type TreeSearchKind } from '../src/search/tree-search.ts';

/** A program of the notation, or one written against the library. */
export type Subject = NotationProgram | ProgramFunction;

export interface Seen {
  readonly executions: number;
  readonly blocked: number;
  /** Trace hash, and how it ended. */
  readonly traces: ReadonlyMap<number, string>;
  /** Executions whose trace hash, kept up step by step as when sampling, is not that of their history. */
  readonly disagreements: number;
  /** Executions that are taken for a trace which ends otherwise: what commutes for the explorer does not. */
  readonly torn: number;
}

interface Searching extends Selector {
  readonly history: History;
  readonly sleepBlocked: number;
}

/** null when there are more executions than `cap`. */
export function see(subject: Subject, kind: TreeSearchKind | 'optimal-dpor', cap: number): Seen | null {
  const program = typeof subject === 'function' ? subject : compileProgram(subject);
  const stage = new Stage(program, settings({ validator: null, leaks: false }));
  return stage.drive(seeOn(stage.world, kind, cap));
}

function* seeOn(world: World, kind: TreeSearchKind | 'optimal-dpor', cap: number): Work<Seen | null> {
  const search: Searching = kind === 'optimal-dpor' ? new OptimalDpor(world) : new TreeSearch(world, kind);
  const hash = new TraceHash();
  const running = new TraceHash();
  world.trace = running;
  let disagreements = 0;
  let torn = 0;
  const traces = new Map<number, string>();
  let executions = 0;
  for (let prefix = search.plan(); prefix >= 0; prefix = search.plan()) {
    if (executions + search.sleepBlocked > cap) return null;
    if ((yield { world, selector: search, prefix, maxSteps: 10_000 }) !== 'complete') continue;
    executions++;
    hash.restart();
    search.history.hashInto(hash);
    if (hash.value !== running.value) disagreements++;
    const end = endOf(world);
    if ((traces.get(hash.value) ?? end) !== end) torn++;
    traces.set(hash.value, end);
  }
  return {
    executions,
    blocked: search.sleepBlocked,
    traces,
    disagreements,
    torn,
  };
}

/** What can be seen of the state in which an execution ends. */
function endOf(world: World): string {
  const tasks = world.tasks
    .filter(({ started }) => started)
    .map(({ name, finished, result, pending, steps }) => {
      return `${name} after ${steps} ${finished ? JSON.stringify(result) : pending?.label()}`;
    });
  const variables = world.objects.flatMap((object) => (object?.kind === 'var' ? [object.key()] : []));
  const failures = world.checks.failures.map(({ message }) => message).sort();
  return [isDeadlocked(world), ...tasks, ...variables, ...failures].join('\n');
}

export interface Verdict {
  /** What disagrees; null when nothing does. */
  readonly complaint: string | null;
  readonly enumerated: boolean;
  readonly traces: number;
}

/** null when the program is too large to compare. */
export function compare(program: Subject, cap: number): Verdict | null {
  const source = see(program, 'source-dpor', cap);
  if (source === null) return null;
  const sleep = see(program, 'sleep-sets', cap * 4);
  const optimal = see(program, 'optimal-dpor', cap);
  if (sleep === null) return null;
  const all = see(program, 'enumeration', cap * 4);
  const complaints: string[] = [];
  const check = (name: string, seen: Seen | null, once: boolean): void => {
    if (seen === null) complaints.push(`${name} runs more executions than source-DPOR's ${source.executions}`);
    else if (!sameTraces(seen.traces, sleep.traces))
      complaints.push(`${name} sees ${seen.traces.size} traces, sleep sets ${sleep.traces.size}`);
    else if (seen.disagreements > 0) complaints.push(`${name}: ${seen.disagreements} traces have two hashes`);
    else if (seen.torn > 0) complaints.push(`${name}: ${seen.torn} executions end unlike others of their trace`);
    else if (once && seen.executions !== seen.traces.size)
      complaints.push(`${name} completes ${seen.executions} for ${seen.traces.size} traces`);
  };
  check('sleep sets', sleep, true);
  check('source-DPOR', source, true);
  check('optimal DPOR', optimal, true);
  if (optimal !== null && optimal.blocked > 0) complaints.push(`optimal DPOR cuts ${optimal.blocked} executions short`);
  if (all !== null) check('enumeration', all, false);
  return {
    complaint: complaints.length === 0 ? null : complaints.join('; '),
    enumerated: all !== null,
    traces: source.executions,
  };
}

function sameTraces(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  return a.size === b.size && [...a].every(([hash, end]) => b.get(hash) === end);
}
