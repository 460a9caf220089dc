import { stripVTControlCharacters } from 'node:util';
import { cures, renderText, reportTitle } from '@lockdep/report';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allKinds, circular, examples } from './example-reports.ts';

const ROOT = { root: '/project' };

describe('golden texts', () => {
  test.each(Object.keys(examples))('%s', async (name) => {
    await expect(renderText(examples[name]!, ROOT)).toMatchFileSnapshot(`fixtures/${name}.txt`);
  });

  test('there is an example, and a cure, for every kind', () => {
    expect(new Set(Object.values(examples).map((report) => report.kind))).toEqual(new Set(allKinds));
    expect(Object.keys(cures).toSorted()).toEqual(allKinds.toSorted());
  });
});

describe('layout', () => {
  test.each(Object.entries(examples))('%s: bars as long as the title, cures at the end', (_name, report) => {
    const lines = renderText(report).split('\n');
    expect(lines[0]).toBe('');
    expect(lines[1]).toMatch(/^=+$/);
    expect(lines[2]).toBe(reportTitle(report));
    expect(lines[4]).toMatch(/^-+$/);
    expect(lines[1]).toHaveLength(lines[2]!.length);
    expect(lines[4]).toHaveLength(lines[2]!.length);
    for (const cure of cures[report.kind].cures) expect(lines).toContain(`  - ${cure}`);
    expect(lines.at(-2)).toBe(`fingerprint: ${report.fingerprint}`);
  });

  test('the familiar sections of a circular report, in order', () => {
    const text = renderText(examples['circular-2']!);
    const sections = [
      'WARNING: possible circular locking dependency detected',
      'is trying to acquire lock:',
      'but task is already holding lock:',
      'which lock already depends on the new lock.',
      'the existing dependency chain (in reverse order) is:',
      '-> #1 (lab_b)',
      '-> #0 (lab_a)',
      'other info that might help us debug this:',
      'Chain exists of:',
      'Possible unsafe locking scenario:',
      ' *** DEADLOCK ***',
      '1 lock held by task-0:',
      'stack backtrace:',
    ];
    const places = sections.map((section) => text.indexOf(section));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('a confirmed report shows the interleaving and the call that repeats it, an undecided one how close it came', () => {
    const text = renderText(examples['circular-confirmed']!);
    expect(text).toContain('verdict: confirmed: a schedule of the program deadlocks\n');
    expect(text).toContain('The schedule that deadlocks, with 1 preemption:\n');
    const lines = text.split('\n');
    const head = lines.findIndex((line) => /^ {2}task-0 +task-1$/.test(line));
    // Columns stay columns beside other text: the second one's steps stand under its name.
    const column = lines[head]!.indexOf('task-1');
    expect(lines[head + 2]!.indexOf('rdlock other')).toBe(column + 2);
    expect(text).toContain(
      "  replay(program, [\n    ['task-0', 'lock lab_b'],\n    ['task-1', 'rdlock other', 'lock lab_a'],\n  ]);\n",
    );
    const open = renderText(examples['circular-unconfirmed']!);
    expect(open).toContain('closest: one of 2 tasks got to where it wants the next lock\n');
    expect(renderText(examples['circular-refuted']!)).toContain(
      'verdict: refuted: all 12 executions of the program end\n',
    );
    expect(renderText(examples['recursive-confirmed']!)).toContain('The schedule that deadlocks, with 1 preemption:');
  });

  test('a column per hop where the terminal is wide enough, a list where it is not', () => {
    const wide = renderText(examples['circular-4']!, { width: 250 });
    expect(wide).toMatch(/^ {2}T0 task-0 \[new\] +T1 task-1 +T2 task-2 +T3 task-3$/m);
    expect(wide).not.toContain('waits for T1');
    const narrow = renderText(examples['circular-4']!, { width: 80 });
    expect(narrow).toMatch(/^ {2}T0 task-0 \[new\]$/m);
    expect(narrow).toContain('8. lock(mapping.invalidate_lock, read);   waits for T1');
    expect(narrow).toContain('6. lock(jbd2_handle, recursive read);   waits for T3');
  });

  test('columns stay aligned with wide characters', () => {
    const text = renderText(circular(['日本語ロック', 'b']), { width: 200 });
    expect(text).toContain('  lock(日本語ロック, write);\n                                lock(b, write);');
  });
});

describe('colour', () => {
  test.each(Object.entries(examples))('%s: the coloured text is the plain one with escapes', (_name, report) => {
    const plain = renderText(report, { color: false });
    const coloured = renderText(report, { color: true });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  test.each(Object.entries(examples))('%s: no control character reaches the terminal', (_name, report) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(renderText(report)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

test('any circle: every hop with both places and modes, one of them new, nothing collapsed', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  const mode = fc.constantFrom('write' as const, 'read' as const, 'recursive-read' as const);
  const circle = fc
    .uniqueArray(name, { minLength: 2, maxLength: 8 })
    .chain((names) =>
      fc.tuple(
        fc.constant(names),
        fc.array(fc.tuple(mode, mode), { minLength: names.length, maxLength: names.length }),
      ),
    );
  fc.assert(
    fc.property(circle, fc.integer({ min: 20, max: 400 }), ([names, modes], width) => {
      const report = circular(names, modes);
      const text = renderText(report, { width });
      for (const hop of report.cycle) {
        expect(text).toContain(hop.outerSite.frames[0]!.text);
        expect(text).toContain(hop.innerSite.frames[0]!.text);
      }
      const heads = text.match(/^-> #\d+ .*$/gm)!;
      expect(heads).toHaveLength(names.length);
      expect(heads.filter((head) => head.endsWith('<-- the new dependency'))).toHaveLength(1);
      const locks = text.slice(text.indexOf('locking scenario:'), text.indexOf('*** DEADLOCK')).match(/lock\(/g)!;
      expect(locks.length).toBeGreaterThanOrEqual(2 * names.length);
      expect(text).toBe(renderText(structuredClone(report), { width }));
    }),
    { numRuns: 100 },
  );
});
