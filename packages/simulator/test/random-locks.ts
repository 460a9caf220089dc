/** Random programs of locks alone: nested, released in order, some tried. What a validator of lock orders is for. */
import { Random } from '../src/engine/random.ts';
import type { NotationProgram, ObjectDeclaration, Step, TaskDeclaration } from '../src/notation/program-file.ts';

const OBJECTS: Readonly<Record<string, ObjectDeclaration>> = {
  A: { kind: 'mutex' },
  B: { kind: 'mutex' },
  C: { kind: 'mutex' },
  R: { kind: 'rwlock' },
  S: { kind: 'rwlock' },
  F: { kind: 'fairrw' },
  G: { kind: 'fairrw' },
};

export function randomLockProgram(seed: number): NotationProgram {
  const random = new Random(seed);
  const names = random.shuffle(Object.keys(OBJECTS)).slice(0, 2 + random.below(3));
  const tasks: TaskDeclaration[] = [];
  const count = 2 + random.below(2);
  for (let t = 0; t < count; t++) {
    const steps: Step[] = [];
    const sections = 1 + random.below(count === 2 ? 2 : 1);
    for (let i = 0; i < sections; i++) steps.push(...section(random, names, [], 1 + random.below(3)));
    tasks.push({ name: `t${t}`, steps });
  }
  return { id: `locks-${seed}`, objects: OBJECTS, tasks };
}

/** A critical section with others inside, in random order; now and then of a lock that is held already. */
function section(random: Random, names: readonly string[], held: readonly string[], depth: number): Step[] {
  if (depth === 0) return [];
  const name = random.pick(names);
  if (held.includes(name) && random.below(40) > 0) return [];
  const inner = section(random, names, [...held, name], depth - 1);
  const kind = OBJECTS[name]!.kind;
  const isTried = random.below(8) === 0;
  const isRead = kind !== 'mutex' && random.below(2) === 0;
  const [take, give] = kind === 'mutex' ? ['lock', 'unlock'] : isRead ? ['rdlock', 'rdunlock'] : ['wrlock', 'wrunlock'];
  if (!isTried) return [[take, name], ...inner, [give, name]];
  const attempt = kind === 'mutex' ? 'trylock' : isRead ? 'tryrdlock' : 'trywrlock';
  return [
    [attempt, name, 'r'],
    ['if', 'r==1', [...inner, [give, name]], []],
  ];
}
