/** Dependencies and inversions of saved graphs as lines of text. */
import type { Inversion, SavedDependency } from '@lockdep/graph';
import { printable } from '@lockdep/report';

/** `A → B  EN`, then a line for each sighting: `by worker in run night, at src/a.ts:3 → src/b.ts:7`. */
export function dependencyLines({ from, to, strengths, sightings }: SavedDependency, indent: string): string[] {
  return [
    `${indent}${printable(from)} → ${printable(to)}  ${strengths.join(',')}`,
    ...sightings.map(({ run, task, outer, inner, declared }) => {
      if (declared === true) return `${indent}    declared: ${printable(outer)}`;
      const places = outer === '' && inner === '' ? '' : `, at ${printable(outer || '?')} → ${printable(inner || '?')}`;
      return `${indent}    by ${printable(task === '' ? 'a task' : task)} in run ${printable(run)}${places}`;
    }),
  ];
}

/** The circle, the runs, and every dependency with its sightings. */
export function inversionLines({
  fingerprint,
  classes,
  dependencies,
  runs,
  acrossRuns,
  declared,
}: Inversion): string[] {
  const circle = [...classes, classes[0]!].map(printable).join(' → ');
  const all = declared === 0 ? 'all of it' : 'all of it that is not declared';
  const where = runs.map(printable).join(', ');
  return [
    `${fingerprint}: possible circular locking dependency`,
    `  ${circle}`,
    `  ${acrossRuns ? `no run shows ${all}: ${where}` : `runs: ${where}`}`,
    ...dependencies.flatMap((dependency) => dependencyLines(dependency, '  ')),
  ];
}

/** `1 class`, `2 classes`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
