import { readFileSync } from 'node:fs';
import { how, LockKey, type ProvenSchedule, READ, type Report, Validator, VERDICTS } from '@lockdep/core';
import { reportDocument, toJson } from '@lockdep/report';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { allKinds, examples } from './example-reports.ts';

const schema = JSON.parse(readFileSync(new URL('../schema/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

function problems(document: unknown): string {
  return validate(document) ? '' : JSON.stringify(validate.errors, null, 1);
}

describe('the published schema', () => {
  test.each(Object.entries(examples))('accepts %s', (_name, report) => {
    expect(problems(JSON.parse(toJson([report])))).toBe('');
  });

  test('accepts no reports and many', () => {
    expect(problems(JSON.parse(toJson([])))).toBe('');
    expect(problems(JSON.parse(toJson(Object.values(examples), 0)))).toBe('');
  });

  test('knows exactly the kinds there are', () => {
    const kinds = schema.$defs.report.oneOf.map((one: { $ref: string }) => one.$ref.replace('#/$defs/', ''));
    expect(kinds.toSorted()).toEqual(allKinds.toSorted());
    for (const kind of allKinds) expect(schema.$defs[kind].properties.kind.const).toBe(kind);
  });

  test('knows exactly the verdicts there are', () => {
    expect(schema.$defs.verdict.properties.kind.enum.toSorted()).toEqual(VERDICTS.toSorted());
  });

  test('rejects unknown kinds and other versions', () => {
    const report = { ...examples['circular-2']!, kind: 'triangular' };
    expect(problems({ version: 1, reports: [report] })).not.toBe('');
    expect(problems({ version: 2, reports: [] })).not.toBe('');
    expect(problems({ reports: [] })).not.toBe('');
  });

  test.each(Object.entries(examples))('rejects %s with any field missing, or one too many', (_name, report) => {
    for (const field of Object.keys(report)) {
      const { [field as keyof Report]: _gone, ...rest } = report;
      if (field === 'compared' || (field === 'verdict' && report.kind !== 'circular'))
        expect(problems({ version: 1, reports: [rest] })).toBe('');
      else expect(problems({ version: 1, reports: [rest] }), `without ${field}`).not.toBe('');
    }
    expect(problems({ version: 1, reports: [{ ...report, extra: 1 }] })).not.toBe('');
  });

  test('rejects a verdict that does not exist, and a schedule that lacks a part', () => {
    const confirmed = examples['circular-confirmed'] as Report & { kind: 'circular' };
    const { verdict } = confirmed;
    expect(problems({ version: 1, reports: [confirmed] })).toBe('');
    expect(problems({ version: 1, reports: [{ ...confirmed, verdict: { ...verdict, kind: 'certain' } }] })).not.toBe(
      '',
    );
    for (const field of Object.keys(verdict.schedule!)) {
      const { [field as keyof ProvenSchedule]: _gone, ...schedule } = verdict.schedule!;
      const partial = { ...confirmed, verdict: { ...verdict, schedule } };
      expect(problems({ version: 1, reports: [partial] }), `without ${field}`).not.toBe('');
    }
  });

  test('rejects wrong modes, levels and half a place', () => {
    const report = examples['circular-2']!;
    expect(problems({ version: 1, reports: [{ ...report, level: 'fatal' }] })).not.toBe('');
    expect(problems({ version: 1, reports: [{ ...report, site: { frames: [{}] } }] })).not.toBe('');
    expect(problems({ version: 1, reports: [{ ...report, count: 0 }] })).not.toBe('');
    expect(problems({ version: 1, reports: [{ ...report, held: [{ ...report.held[0], mode: 'shared' }] }] })).not.toBe(
      '',
    );
  });
});

describe('toJson', () => {
  test('is one document that gives the reports back', () => {
    const reports = Object.values(examples);
    expect(JSON.parse(toJson(reports))).toEqual(reportDocument(reports));
    expect(toJson(reports).endsWith('}\n')).toBe(true);
    expect(toJson(reports, 0).trimEnd()).not.toContain('\n');
  });

  test('what a live validator reports fits the schema', () => {
    const validator = new Validator();
    const a = validator.lock(new LockKey({ name: 'a' }));
    const b = validator.lock(new LockKey({ name: 'b', kind: 'rwsem' }));
    const spin = validator.lock(new LockKey({ name: 'spin', kind: 'spinlock' }));
    const [one, two] = [validator.task('one'), validator.task('two')];
    validator.acquire(one, a);
    validator.acquire(one, b, how({ mode: 'read' }));
    validator.release(one, a);
    validator.release(one, a);
    validator.acquire(two, b, READ);
    validator.acquire(two, a);
    validator.acquire(two, a);
    validator.endTask(two);
    validator.acquire(one, spin);
    validator.acquire(one, a);
    validator.disposeLock(one, spin);
    const kinds = new Set(validator.reports.map((report) => report.kind));
    expect(kinds).toContain('circular');
    expect(kinds.size).toBeGreaterThanOrEqual(4);
    expect(problems(JSON.parse(toJson(validator.reports)))).toBe('');
  });
});
