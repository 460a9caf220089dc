/**
 * The smallest program that still fails: steps are taken out in chunks of halving size, then one flag after the other is
 * dropped, until nothing can go any more (Zeller and Hildebrandt's ddmin, greedy).
 */
import type { Program, ProgramLock, Step } from './program.ts';

export function shrink(program: Program, fails: (program: Program) => boolean): Program {
  let best = program;
  const better = (candidate: Program): boolean => {
    if (!fails(candidate)) return false;
    best = candidate;
    return true;
  };
  let before: Program;
  do {
    before = best;
    dropSteps(() => best, better);
    simplifySteps(() => best, better);
    simplifyLocks(() => best, better);
  } while (best !== before);
  return withoutUnused(best, fails);
}

function dropSteps(best: () => Program, better: (candidate: Program) => boolean): void {
  for (let size = Math.ceil(best().steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best().steps.length; ) {
      const steps = best().steps.filter((_, index) => index < at || index >= at + size);
      if (!better({ ...best(), steps })) at += size;
    }
  }
  // A lock taken and released for nothing: two steps that can only go together.
  for (let first = 0; first < best().steps.length; first++) {
    for (let second = first + 1; second < best().steps.length; second++) {
      const steps = best().steps.filter((_, index) => index !== first && index !== second);
      if (better({ ...best(), steps })) second = first;
    }
  }
}

function simplifySteps(best: () => Program, better: (candidate: Program) => boolean): void {
  for (let at = 0; at < best().steps.length; at++) {
    for (const field of Object.keys(best().steps[at]!)) {
      if (field === 'op' || field === 'lock' || field === 'kind' || field === 'state' || field === 'id') continue;
      const simpler = Object.fromEntries(Object.entries(best().steps[at]!).filter(([name]) => name !== field));
      better({ ...best(), steps: best().steps.with(at, simpler as unknown as Step) });
    }
  }
}

function simplifyLocks(best: () => Program, better: (candidate: Program) => boolean): void {
  if (best().contexts !== undefined) {
    const { contexts: _, ...without } = best();
    if (!usesDeclared(without)) better(without);
  }
  for (const name of Object.keys(best().ordered ?? {})) {
    better({
      ...best(),
      ordered: Object.fromEntries(Object.entries(best().ordered!).filter(([each]) => each !== name)),
    });
  }
  for (const name of Object.keys(best().locks)) {
    const { kind, class: named } = best().locks[name]!;
    const change = (lock: ProgramLock): boolean => better({ ...best(), locks: { ...best().locks, [name]: lock } });
    const sameClass = named === undefined ? {} : { class: named };
    if (kind !== 'lockmap') change({ kind: 'lockmap', ...sameClass });
    if (Object.keys(best().locks[name]!).length > 2) change({ kind: best().locks[name]!.kind, ...sameClass });
  }
}

const usesDeclared = (program: Program): boolean =>
  program.steps.some((step) => 'kind' in step && step.kind !== 'hardirq' && step.kind !== 'softirq');

/** Locks that no step names any more go, if the program still fails without them. */
function withoutUnused(program: Program, fails: (program: Program) => boolean): Program {
  const text = JSON.stringify([program.steps, program.ordered]);
  const used = Object.entries(program.locks).filter(
    ([name, lock]) => text.includes(`"${name}"`) || text.includes(`"class":"${lock.class}"`),
  );
  const smaller = { ...program, locks: Object.fromEntries(used) };
  return fails(smaller) ? smaller : program;
}
