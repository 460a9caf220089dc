/** The selectors by name, and for each: what tells its executions apart, and how far it has come. */
import type { Selector } from '../engine/selector.ts';
import { TraceHash } from '../engine/trace-hash.ts';
import type { World } from '../engine/world.ts';
import { Pct } from '../sampling/pct.ts';
import { Portfolio } from '../sampling/portfolio.ts';
import { Pos } from '../sampling/pos.ts';
import { RandomWalk } from '../sampling/random-walk.ts';
import { Urw } from '../sampling/urw.ts';
import { BoundedSearch } from '../search/bounded-search.ts';
import { CacheSearch } from '../search/cache-search.ts';
import type { History } from '../search/history.ts';
import { OptimalDpor } from '../search/optimal-dpor.ts';
import { TreeSearch } from '../search/tree-search.ts';
import type { Settings, StrategyName } from './explore-options.ts';

export interface Strategy {
  readonly selector: Selector;
  /** Has an end: when it is through, everything has been seen. */
  readonly isExhaustive: boolean;
  /** Hash of the trace (the state, where states are cached) that the last execution ended in. */
  trace(): number;
  /** Share of the search done, 0 to 1; null when it cannot be told. */
  explored(): number | null;
  /** Executions cut short as redundant. */
  sleepBlocked(): number;
  /** Whether being through means that everything has been seen (no bound has cut anything). */
  isComplete(): boolean;
}

export function makeStrategy(
  name: Exclude<StrategyName, 'auto' | 'replay'>,
  world: World,
  settings: Settings,
): Strategy {
  const { seed } = settings;
  switch (name) {
    case 'source-dpor':
    case 'sleep-sets':
    case 'enumeration':
      return searching(new TreeSearch(world, name));
    case 'optimal-dpor':
      return searching(new OptimalDpor(world));
    case 'cache': {
      const selector = new CacheSearch(world);
      return {
        ...open(selector),
        isExhaustive: true,
        trace: () => selector.trace,
        sleepBlocked: () => selector.sleepBlocked,
      };
    }
    case 'context-bound':
    case 'delay-bound': {
      const selector = new BoundedSearch(name === 'context-bound' ? 'context' : 'delay', settings.bound);
      return { ...open(selector), isExhaustive: true, trace: () => selector.trace, isComplete: () => !selector.cut };
    }
    case 'random':
      return sampling(world, new RandomWalk(seed));
    case 'pct':
      return sampling(world, new Pct(seed, settings.depth));
    case 'pos':
      return sampling(world, new Pos(seed));
    case 'urw':
      return sampling(world, new Urw(seed));
    default:
      return sampling(world, new Portfolio(seed));
  }
}

function open(selector: Selector): Strategy {
  return {
    selector,
    isExhaustive: false,
    trace: () => 0,
    explored: () => null,
    sleepBlocked: () => 0,
    isComplete: () => true,
  };
}

interface HistorySearch extends Selector {
  readonly history: History;
  readonly sleepBlocked: number;
  explored(): number;
}

function searching(selector: HistorySearch): Strategy {
  const hash = new TraceHash();
  return {
    ...open(selector),
    isExhaustive: true,
    trace: () => {
      hash.restart();
      selector.history.hashInto(hash);
      return hash.value;
    },
    explored: () => selector.explored(),
    sleepBlocked: () => selector.sleepBlocked,
  };
}

function sampling(world: World, selector: Selector): Strategy {
  const trace = new TraceHash();
  world.trace = trace;
  return { ...open(selector), trace: () => trace.value };
}
