/** What `toDeadlock` and `toHoldUnderAllSchedules` need of an exploration; an `ExploreResult` of `@lockdep/simulator` is one. */
export interface Explored {
  readonly verdict: 'ok' | 'deadlock' | 'fail';
  readonly executions: number;
  readonly exhausted: boolean;
  readonly seed: number;
  readonly estimate: { readonly statement: string };
  readonly failures: readonly {
    readonly kind: string;
    readonly message: string;
    readonly diagram: string;
    readonly literal: string;
  }[];
}

/** An exploration, what gives one, or a program to explore. */
export async function explored(received: unknown, options: object = {}): Promise<Explored> {
  const value: unknown = await received;
  if (isExplored(value)) return value;
  const isProgram = typeof value === 'function' || (typeof value === 'object' && value !== null && 'tasks' in value);
  if (!isProgram) {
    throw new TypeError(
      'toDeadlock and toHoldUnderAllSchedules need a program or the result of exploring one: expect((sim) => { … }) or expect(sim.explore(…))',
    );
  }
  const { exploreAsync } = await import('@lockdep/simulator');
  return exploreAsync(value as never, options);
}

function isExplored(value: unknown): value is Explored {
  return typeof value === 'object' && value !== null && 'verdict' in value && 'failures' in value;
}

/** The first failure (of a kind) as text: what, the interleaving, the schedule to paste. */
export function failureText({ failures, executions, seed }: Explored, kind?: string): string {
  const failure = failures.find((found) => kind === undefined || found.kind === kind);
  if (failure === undefined) return '';
  const { message, diagram, literal } = failure;
  return `${message}\n\n${diagram}\n\nschedule: ${literal}\n(seed ${seed}, ${executions} executions)`;
}
