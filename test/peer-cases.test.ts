/** Cases of other validators' own tests and of their users' reports: what we say, beside what each of the others said. */
import { fileURLToPath } from 'node:url';
import { readTrace } from '@lockdep/trace';
import { beforeAll, describe, expect, test } from 'vitest';
import { judgePeerCase } from '../packages/cli/src/conformance/judge-peer-case.ts';
import type { PeerCase } from '../packages/cli/src/conformance/peer-case.ts';

/** Where our answer differs from the recommended one, and why that is left so. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'tsan-26': 'an annotation claims a lock that is held: events say what is wanted before waiting, not who owns it',
  'guava-11':
    'the read-write lock is only ever read: it cannot make anybody wait until somebody writes it, which raises the note',
  'fx-09': 'the same: two instances of a class nobody has written, a note until somebody does',
  'fx-16': 'a policy, not an order: leaf locks are not declared here',
  'rank-01': 'a policy: an order that contradicts nothing declared is not an error',
  'spd-cond_var_fp_idiomatic_dlf': 'ordered by a wait and its notification, whose claim the trace does not record',
};

let cases: PeerCase[] = [];

beforeAll(async () => {
  const chunks: Uint8Array[] = [];
  const file = fileURLToPath(new URL('data/conformance/peer_cases.json.zst', import.meta.url));
  for await (const chunk of readTrace(file)) chunks.push(chunk);
  cases = JSON.parse(Buffer.concat(chunks).toString('utf8')) as PeerCase[];
});

describe('peer cases', () => {
  test('the recommended answer, but for the differences listed', () => {
    const differing = cases.filter((peer) => judgePeerCase(peer) !== null).map((peer) => peer.id);
    expect(differing.sort()).toEqual(Object.keys(DIFFERENCES).sort());
    expect(cases.length - differing.length).toBeGreaterThanOrEqual(105);
  });

  test('recorded deadlocks of real programs, over condition variables, are reported', () => {
    const real = cases.filter(({ id, recommended }) => id.startsWith('spd-') && recommended === 'report');
    expect(real.length).toBeGreaterThan(0);
    for (const peer of real) expect(judgePeerCase(peer), peer.id).toBeNull();
  });

  test('a table beside what each other tool said', () => {
    const tools = [...new Set(cases.flatMap(({ observed }) => Object.keys(observed)))].sort();
    const reported = (said: string | undefined): boolean =>
      said !== undefined && /order|misuse|recursion|report|cycle|deadlock/.test(said);
    const rows = tools.map((tool) => {
      const ran = cases.filter(({ observed }) => tool in observed);
      const right = ran.filter(({ observed, recommended }) => reported(observed[tool]) === (recommended === 'report'));
      const hung = ran.filter(({ observed }) => observed[tool]!.includes('hang'));
      return { tool, ran: ran.length, right: right.length, hung: hung.length };
    });
    const ours = cases.filter((peer) => judgePeerCase(peer) === null).length;
    console.table([{ tool: 'lockdep (this)', ran: cases.length, right: ours, hung: 0 }, ...rows]);
    for (const { tool, ran, right } of rows) expect(ours / cases.length, tool).toBeGreaterThan(right / ran);
  });
});
