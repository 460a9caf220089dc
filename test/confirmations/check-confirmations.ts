/**
 * Holds what `confirm` answers about random programs of nested sections against an explorer that shares nothing with it: each report is
 * decided, what is confirmed can be reached and replays, what is refuted cannot.
 */
import { compileProgram, confirmAll, type NotationProgram, replay } from '@lockdep/simulator';
import { nameOfRing, type Program, reachableRings, type Step } from '../verdicts/section-program.ts';

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
      const reachable = [...rings].some((ring) => isOn(ring.split(','), circle));
      if (verdict === 'refuted' && reachable) complain(`${circle} refuted, though reachable`);
      if (verdict !== 'confirmed') continue;
      if (!reachable) complain(`${circle} confirmed, though not reachable`);
      const again = replay(compiled, failure!.schedule, { leaks: false });
      const wanted = again.failures.flatMap(({ waits }) => waits.map(({ object }) => object));
      if (again.divergence !== null || again.verdict !== 'deadlock') complain(`${circle} does not replay`);
      if (
        !isOn(
          failure!.waits.map(({ object }) => object),
          circle,
        )
      )
        complain(`${circle} shown by another deadlock`);
      if (again.failures.length === 1 && !rings.has(nameOfRing(wanted))) complain(`${circle} replays to what cannot be`);
    }
  }
  return { reports, answers, wrong, executions };
}

/** What the tasks of a ring want, in the order of who waits for whom, goes once round the circle, places left out. */
export function isOn(ring: readonly string[], circle: readonly string[]): boolean {
  const places = ring.map((lock) => circle.indexOf(lock));
  if (ring.length < 2 || places.includes(-1) || new Set(places).size < places.length) return false;
  const falls = places.filter((place, at) => places[(at + 1) % places.length]! < place);
  return falls.length === 1;
}

function notationOf(program: Program): NotationProgram {
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
