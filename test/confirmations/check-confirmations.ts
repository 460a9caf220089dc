/**
 * Holds what `confirm` answers about random programs of nested sections against an explorer that shares nothing with it: each report is
 * decided, what is confirmed can be reached and replays, what is refuted cannot.
 */
import { compileProgram, confirmAll, type NotationProgram, replay } from '@lockdep/simulator';
import { type Member, type Program, reachableRings, type Step } from '../verdicts/section-program.ts';

export interface ConfirmationCount {
  readonly reports: number;
  /** By verdict and what decided it: `confirmed prediction`. */
  readonly answers: ReadonlyMap<string, number>;
  /** What is not as it should be, with the program. */
  readonly wrong: readonly string[];
  /** Executions until the decision, and milliseconds with minimising, of each program with a report. */
  readonly executions: readonly number[];
}

export function checkConfirmations(programs: readonly Program[]): ConfirmationCount {
  const answers = new Map<string, number>();
  const wrong: string[] = [];
  const executions: number[] = [];
  let reports = 0;
  for (const program of programs) {
    const compiled = compileProgram(notationOf(program));
    const rings = reachableRings(program);
    for (const confirmation of confirmAll(compiled, { budget: { ms: 60_000 } })) {
      const { report, verdict, by, failure } = confirmation;
      const complain = (what: string): unknown =>
        wrong.push(`${what}: ${confirmation.reason}: ${JSON.stringify(program)}`);
      reports += 1;
      executions.push(confirmation.executions);
      answers.set(`${verdict} ${by}`, (answers.get(`${verdict} ${by}`) ?? 0) + 1);
      if (report.kind !== 'circular') {
        complain(`a report of kind ${report.kind}`);
        continue;
      }
      const circle = report.cycle.map(({ from }) => from.name);
      const onIt = rings.filter((ring) => isOn(ring, circle));
      const reachable = onIt.length > 0;
      if (verdict === 'refuted' && reachable) complain(`${circle} refuted, though reachable`);
      if (verdict !== 'confirmed') continue;
      if (!reachable) complain(`${circle} confirmed, though not reachable`);
      const again = replay(compiled, failure!.schedule, { leaks: false });
      if (again.divergence !== null || again.verdict !== 'deadlock') complain(`${circle} does not replay`);
      // What its tasks want, each from the next one, is what those of such a ring want.
      const wanted = failure!.waits.map(({ object }) => object);
      if (
        !onIt.some((ring) =>
          isRotation(
            wanted,
            ring.map(({ wants }) => wants),
          ),
        )
      )
        complain(`${circle} shown by another deadlock`);
    }
  }
  return { reports, answers, wrong, executions };
}

/**
 * Does the ring go round the circle? A task holds what the one before it wants, wants a lock further on, and holds all between. A class may
 * have several places, so every choice is tried.
 */
export function isOn(ring: readonly Member[], circle: readonly string[]): boolean {
  const walk = (at: number, place: number, start: number, way: number): boolean => {
    if (at === ring.length) return place === start && way > 0;
    const { wants, held } = ring[at]!;
    for (let steps = 1; steps <= circle.length; steps++) {
      const next = (place + steps) % circle.length;
      if (circle[next] === wants && walk(at + 1, next, start, way + steps)) return true;
      if (!held.includes(circle[next]!)) return false;
    }
    return false;
  };
  return circle.some((lock, place) => lock === ring.at(-1)!.wants && walk(0, place, place, 0));
}

function isRotation(one: readonly string[], other: readonly string[]): boolean {
  return (
    one.length === other.length &&
    one.some((_, by) => one.every((lock, at) => lock === other[(at + by) % other.length]))
  );
}

export function notationOf(program: Program): NotationProgram {
  const forks = program.flat().some(({ op }) => op === 'fork');
  const modes = new Map<string, 'wr' | 'rd'>();
  const step = (task: number, each: Step): readonly [string, string] => {
    if (each.op !== 'lock' && each.op !== 'unlock') return [each.op === 'fork' ? 'spawn' : 'join', `t${each.task}`];
    const key = `${task} ${each.lock}`;
    if (each.op === 'lock') modes.set(key, each.mode === 'write' ? 'wr' : 'rd');
    return [`${modes.get(key)}${each.op}`, each.lock];
  };
  const names = new Set(program.flat().flatMap((each) => ('lock' in each ? [each.lock] : [])));
  return {
    id: 'sections',
    objects: Object.fromEntries([...names].map((name) => [name, { kind: 'rwlock' }])),
    tasks: program.map((steps, task) => ({
      name: `t${task}`,
      ...(forks && task === 1 ? { spawned: true } : {}),
      steps: steps.map((each) => step(task, each)),
    })),
  };
}
