/** Prediction from recordings: those of the paper's artefact that are among the peer cases, and our own through the command. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockKey, Validator } from '@lockdep/core';
import { predict, RunTrace } from '@lockdep/predict';
import { readTrace, TraceRecorder } from '@lockdep/trace';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PeerCase, PeerStep } from '../packages/cli/src/conformance/peer-case.ts';
import { lockdep } from '../packages/cli/test/run-cli.ts';

/** The steps of a recorded trace. A wait for a condition ends before the task's next step, by the last notification until then. */
function traceOf(steps: readonly PeerStep[]): RunTrace {
  const trace = new RunTrace();
  const numbers = new Map<string, number>();
  const number = (kind: string, name: string | undefined): number => {
    const key = `${kind} ${name}`;
    numbers.set(key, numbers.get(key) ?? numbers.size);
    return numbers.get(key)!;
  };
  const waiting = new Map<number, number>();
  for (const step of steps as readonly (PeerStep & { readonly var?: string })[]) {
    const task = number('task', step.task);
    const condition = waiting.get(task);
    if (condition !== undefined) {
      waiting.delete(task);
      trace.read(task, condition);
    }
    switch (step.op) {
      case 'lock':
        trace.acquire(task, number('lock', step.lock), true, true);
        break;
      case 'unlock':
        trace.release(task, number('lock', step.lock));
        break;
      case 'read':
      case 'write':
        trace[step.op](task, number('variable', step.var));
        break;
      case 'fork':
        trace.fork(task, number('task', step.target));
        break;
      case 'join':
        trace.join(task, number('task', step.target));
        break;
      case 'cond_wait':
        waiting.set(task, number('condition', step.cond));
        break;
      case 'cond_notify':
        trace.write(task, number('condition', step.cond));
        break;
      default:
        throw new Error(`step '${step.op}' of ${step.task}`);
    }
  }
  return trace;
}

describe('the recorded traces of SPDOffline and SUnhang', () => {
  let cases: PeerCase[] = [];

  beforeAll(async () => {
    const chunks: Uint8Array[] = [];
    const file = fileURLToPath(new URL('data/conformance/peer_cases.json.zst', import.meta.url));
    for await (const chunk of readTrace(file)) chunks.push(chunk);
    cases = (JSON.parse(Buffer.concat(chunks).toString('utf8')) as PeerCase[]).filter(({ id }) =>
      id.startsWith('spd-'),
    );
  });

  // Published: SPDOffline predicts none of the three. Two are deadlocks over condition variables, in which no circle of locks takes part;
  // the third has the circle, which the wait orders. The validator's own answers to them are among the peer cases.
  test('none is predicted, as published; the one with a circle of locks is looked at', () => {
    expect(cases.map(({ id }) => id).sort()).toEqual([
      'spd-apache_42031_dlf',
      'spd-cond_var_fn_idiomatic_dlf',
      'spd-cond_var_fp_idiomatic_dlf',
    ]);
    const answers = Object.fromEntries(cases.map(({ id, steps }) => [id, predict(traceOf(steps))]));
    for (const [id, { predictions }] of Object.entries(answers)) expect(predictions, id).toEqual([]);
    expect(answers['spd-cond_var_fp_idiomatic_dlf']!.patterns).toBeGreaterThan(0);
  });

  test('that one is predicted when nobody says which notification ended the wait: the edge is what makes it sound', () => {
    const { steps } = cases.find(({ id }) => id === 'spd-cond_var_fp_idiomatic_dlf')!;
    const silent = steps.filter(({ op }) => !['cond_wait', 'cond_notify', 'read', 'write'].includes(op));
    expect(predict(traceOf(silent)).predictions.length).toBeGreaterThan(0);
  });
});

describe('lockdep replay --predict', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockdep-predict-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Two tasks that take two locks both ways round, the second maybe having seen that the first was done. */
  function recording(name: string, tells: boolean): string {
    const validator = new Validator({ sites: false });
    let text = '';
    const recorder = new TraceRecorder(validator, {
      write: (line) => {
        text += line;
      },
    });
    const [accounts, audit] = ['accounts', 'audit'].map((lock) =>
      validator.lock(new LockKey({ name: lock }), { label: lock }),
    );
    for (const [task, first, second] of [
      [validator.task('transfer'), accounts!, audit!],
      [validator.task('report'), audit!, accounts!],
    ] as const) {
      if (tells && task.name === 'report') recorder.read(task, 'done');
      validator.acquire(task, first);
      validator.acquire(task, second);
      validator.release(task, second);
      validator.release(task, first);
      if (tells && task.name === 'transfer') recorder.write(task, 'done');
    }
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  test('a deadlock that can be reached: the report becomes an error, the text says how', async () => {
    const file = recording('free.ndjson', false);
    const { status, out } = await lockdep('replay', file, '--predict', '--json');
    const document = JSON.parse(out);
    expect(status).toBe(1);
    expect(document.reports).toMatchObject([{ kind: 'circular', level: 'error', verdict: { kind: 'predicted' } }]);
    expect(document.predictions).toEqual({
      deadlocks: [
        {
          requests: [
            {
              task: 'transfer',
              wants: 'audit',
              wantsClass: 'audit',
              holds: 'accounts',
              holdsClass: 'accounts',
              site: expect.anything(),
            },
            {
              task: 'report',
              wants: 'accounts',
              wantsClass: 'accounts',
              holds: 'audit',
              holdsClass: 'audit',
              site: expect.anything(),
            },
          ],
          witness: [
            { task: 'transfer', events: 1 },
            { task: 'report', events: 1 },
          ],
          leftOut: 6,
        },
      ],
      patterns: 1,
      bounded: false,
    });
    const text = (await lockdep('replay', file, '--predict')).out;
    expect(text).toContain('transfer holding accounts and wanting audit');
    expect(text).toContain('1 of transfer, 1 of report, then each asks');
  });

  test('one that a variable rules out: the report stays what it was', async () => {
    const { out } = await lockdep('replay', recording('told.ndjson', true), '--predict', '--json');
    const document = JSON.parse(out);
    expect(document.reports).toMatchObject([{ kind: 'circular', verdict: { kind: 'possible' } }]);
    expect(document.predictions).toEqual({ deadlocks: [], patterns: 1, bounded: false });
  });
});
