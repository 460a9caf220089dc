/** Random small programs over every kind of step of the notation, from a seed. */
import { Random } from '../src/engine/random.ts';
import type { NotationProgram, ObjectDeclaration, Step, TaskDeclaration } from '../src/notation/program-file.ts';

type Writer = (random: Random, held: Set<string>, rest: () => Step[]) => Step[];

const bracket =
  (open: string, close: string, lock: string): Writer =>
  (random, held, rest) => {
    if (held.has(lock) && random.below(8) > 0) return [];
    held.add(lock);
    const inner = rest();
    held.delete(lock);
    return random.below(12) === 0 ? [[open, lock], ...inner] : [[open, lock], ...inner, [close, lock]];
  };

const attempt =
  (word: string, close: string, lock: string): Writer =>
  (_random, _held, rest) => {
    return [
      [word, lock, 'r'],
      ['if', 'r==1', [...rest(), [close, lock]], []],
    ];
  };

const one =
  (make: (random: Random) => Step): Writer =>
  (random) => [make(random)];

const WRITERS: readonly (readonly [weight: number, group: string, write: Writer])[] = [
  [5, 'mutex', bracket('lock', 'unlock', 'A')],
  [5, 'mutex', bracket('lock', 'unlock', 'B')],
  [2, 'try', attempt('trylock', 'unlock', 'A')],
  [1, 'try', attempt('trylock', 'unlock', 'B')],
  [3, 'rwlock', bracket('rdlock', 'rdunlock', 'R')],
  [2, 'rwlock', bracket('wrlock', 'wrunlock', 'R')],
  [1, 'rwtry', attempt('tryrdlock', 'rdunlock', 'R')],
  [1, 'rwtry', attempt('trywrlock', 'wrunlock', 'R')],
  [2, 'fairrw', bracket('rdlock', 'rdunlock', 'F')],
  [2, 'fairrw', bracket('wrlock', 'wrunlock', 'F')],
  [1, 'fairtry', attempt('tryrdlock', 'rdunlock', 'F')],
  [1, 'fairtry', attempt('trywrlock', 'wrunlock', 'F')],
  [2, 'sem', one(() => ['down', 'S'])],
  [3, 'sem', one(() => ['up', 'S'])],
  [1, 'sem', one(() => ['trydown', 'S', 'r'])],
  [
    2,
    'cond',
    (random) => [
      ['lock', 'M'],
      ...(random.below(2) ? ([['read', 'x', 'a']] as Step[]) : []),
      ['wait', 'C', 'M'],
      ['unlock', 'M'],
    ],
  ],
  [2, 'cond', one((random) => [random.below(3) ? 'signal' : 'broadcast', 'C'])],
  [4, 'var', one((random) => ['read', random.pick(['x', 'y']), random.pick(['a', 'b'])])],
  [4, 'var', one((random) => ['write', random.pick(['x', 'y']), random.pick([1, 2, 'a+1'])])],
  [2, 'var', one((random) => ['rmw', random.pick(['x', 'y']), 'v+1'])],
  [2, 'cas', one((random) => ['cas', random.pick(['x', 'y']), random.below(2), 1 + random.below(2), 'r'])],
  [1, 'await', one((random) => ['await', random.pick(['x', 'y']), random.pick(['v==0', 'v!=0', 'v>1'])])],
  [
    1,
    'atomic',
    one(() => [
      'atomic',
      [
        ['read', 'x', 'a'],
        ['write', 'y', 'a+1'],
      ],
    ]),
  ],
  [1, 'choose', one(() => ['choose', 2, 'r'])],
  [1, 'yield', one(() => ['yield'])],
  [2, 'branch', (random, _held, rest) => [['if', random.pick(['r==1', 'a==1', 'a==b']), rest(), rest()]]],
  [1, 'branch', one(() => ['assert', 'a<=b'])],
];

const OBJECTS: Readonly<Record<string, ObjectDeclaration>> = {
  A: { kind: 'mutex' },
  B: { kind: 'mutex' },
  M: { kind: 'mutex' },
  R: { kind: 'rwlock' },
  F: { kind: 'fairrw' },
  S: { kind: 'sem', init: 1 },
  C: { kind: 'cond' },
  x: { kind: 'var', init: 0 },
  y: { kind: 'var', init: 0 },
};

/** A program of 2 to 4 tasks; each seed uses a few kinds of steps, so that they meet. */
export function randomProgram(seed: number): NotationProgram {
  const random = new Random(seed);
  const groups = random.shuffle([...new Set(WRITERS.map(([, group]) => group))]).slice(0, 2 + random.below(4));
  const writers = WRITERS.filter(([, group]) => groups.includes(group)).flatMap(
    ([weight, , write]) => Array(weight).fill(write) as Writer[],
  );
  const count = 2 + random.below(3);
  const length = count === 2 ? 4 : count === 3 ? 3 : 2;
  const tasks: TaskDeclaration[] = [];
  for (let t = 0; t < count; t++) {
    tasks.push({ name: `t${t}`, steps: steps(random, writers, 1 + random.below(length), new Set(), 2) });
  }
  return { id: `random-${seed}`, objects: OBJECTS, tasks: withSpawns(random, tasks) };
}

function steps(random: Random, writers: readonly Writer[], length: number, held: Set<string>, depth: number): Step[] {
  const made: Step[] = [];
  const rest = (): Step[] => (depth === 0 ? [] : steps(random, writers, random.below(3), held, depth - 1));
  for (let i = 0; i < length; i++) made.push(...random.pick(writers)(random, held, rest));
  return made;
}

/** One program in four has its last task spawned by the first, and perhaps joined. */
function withSpawns(random: Random, tasks: TaskDeclaration[]): TaskDeclaration[] {
  if (tasks.length < 3 || random.below(4) > 0) return tasks;
  const last = tasks.at(-1)!;
  const first = tasks[0]!;
  const spawned: Step[] = [['spawn', last.name], ...first.steps];
  if (random.below(2) === 0) spawned.splice(1 + random.below(spawned.length), 0, ['join', last.name]);
  return [{ ...first, steps: spawned }, ...tasks.slice(1, -1), { ...last, spawned: true }];
}
