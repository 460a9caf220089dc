/** The notation of program files: what it means, and what is said about mistakes in it. */
import { describe, expect, test } from 'vitest';
import { compileProgram, explore, exploreProgramFile, parseProgramFile, summarise } from '../src/index.ts';
import { compileExpression } from '../src/notation/expression.ts';
import type { NotationProgram, Step } from '../src/notation/program-file.ts';
import { programs } from './programs.ts';

const value = (source: unknown, registers: Record<string, number> = {}): number =>
  compileExpression(source, {
    resolve: (name) => () => registers[name] ?? 0,
    element: (name, index) => (frame) => registers[`${name}[${index(frame)}]`] ?? -1,
  })([]);

describe('expressions', () => {
  test.each([
    ['1+2*3', 7],
    ['(1+2)*3', 9],
    ['7/2', 3],
    ['0-7/2', -3],
    ['7%3', 1],
    ['1<2', 1],
    ['2<=1', 0],
    ['1<<3|1', 9],
    ['6&3^1', 3],
    ['!0', 1],
    ['!5', 0],
    ['~0', -1],
    ['-3', -3],
    ['1?2:3', 2],
    ['0?2:1?4:5', 4],
    ['1||0&&0', 1],
    ['1==1==1', 1],
    ['2!=1', 1],
    ['!(3&2)||(3&4)==0', 1],
    [' a + b[1+1] ', 12],
    [42, 42],
  ])('%s is %d', (source, expected) => {
    expect(value(source, { a: 5, 'b[2]': 7 })).toBe(expected);
  });

  test('the right side of && and || is looked at only when it matters', () => {
    expect(value('i<2&&b[i]==1', { i: 2 })).toBe(0);
    expect(value('i>=2||b[i]==1', { i: 2 })).toBe(1);
  });

  test.each([
    ['1+', 'ends too early'],
    ['1 2', "has '2' where it should end"],
    ['(1', "lacks ')'"],
    ['a[1', "lacks ']'"],
    ['1 $ 2', 'has an unknown character at 2'],
    ['*1', "has '*' where a value is wanted"],
    [null, 'is no expression'],
    ['constructor(1)', "has '(' where it should end"],
  ])('%s: %s', (source, message) => expect(() => value(source)).toThrow(message));

  test('agree with JavaScript on random operands', () => {
    for (let a = -3; a <= 3; a++) {
      for (let b = -3; b <= 3; b++) {
        const text = `(${a}+${b})*(${a}-${b})|${a}&${b}^${a}`.replaceAll('--', '- -').replaceAll('+-', '+ -');
        expect(value(text), text).toBe(((a + b) * (a - b)) | ((a & b) ^ a));
      }
    }
  });
});

const OBJECTS: NotationProgram['objects'] = {
  m: { kind: 'mutex' },
  f: { kind: 'mutex', size: 2 },
  x: { kind: 'var', init: 3 },
  a: { kind: 'var', size: 2, init: [1, 2] },
  r: { kind: 'rwlock' },
  s: { kind: 'sem', init: 1 },
  c: { kind: 'cond' },
};

const single = (steps: readonly Step[], final?: string): NotationProgram => ({
  id: 'p',
  objects: OBJECTS,
  tasks: [{ name: 't', steps }],
  ...(final === undefined ? {} : { final }),
});

const run = (steps: readonly Step[], final?: string) =>
  explore(compileProgram(single(steps, final)), { leaks: false, validator: null });

describe('steps', () => {
  test.each<[string, Step[], string]>([
    [
      'read and write',
      [
        ['read', 'x', 'q'],
        ['write', 'x', 'q*2'],
      ],
      'x==6',
    ],
    [
      'rmw with the old value',
      [
        ['rmw', 'x', 'v+1', 'o'],
        ['write', 'a[0]', 'o'],
      ],
      'x==4&&a[0]==3',
    ],
    [
      'cas',
      [
        ['cas', 'x', 3, 8, 'ok'],
        ['write', 'a[0]', 'ok'],
        ['cas', 'x', 3, 9, 'ok'],
        ['write', 'a[1]', 'ok'],
      ],
      'x==8&&a[0]==1&&a[1]==0',
    ],
    [
      'trylock',
      [
        ['trylock', 'm', 'q'],
        ['write', 'a[0]', 'q'],
        ['trylock', 'm', 'q'],
        ['write', 'a[1]', 'q'],
      ],
      'a[0]==1&&a[1]==0',
    ],
    [
      'trydown',
      [
        ['trydown', 's', 'q'],
        ['trydown', 's', 'w'],
        ['write', 'x', 'q*10+w'],
      ],
      'x==10',
    ],
    [
      'try for reading beside a reader',
      [
        ['rdlock', 'r'],
        ['tryrdlock', 'r', 'q'],
        ['trywrlock', 'r', 'w'],
        ['write', 'x', 'q*10+w'],
      ],
      'x==10',
    ],
    [
      'while',
      [
        ['set', 'i', 0],
        [
          'while',
          'i<5',
          [
            ['set', 'i', 'i+1'],
            ['rmw', 'x', 'v+i'],
          ],
        ],
      ],
      'x==18',
    ],
    ['repeat', [['repeat', 4, [['rmw', 'x', 'v+1']]]], 'x==7'],
    ['repeat within repeat', [['repeat', 3, [['repeat', 2, [['rmw', 'x', 'v+1']]]]]], 'x==9'],
    [
      'if',
      [
        ['read', 'x', 'q'],
        ['if', 'q==3', [['write', 'x', 1]], [['write', 'x', 2]]],
      ],
      'x==1',
    ],
    ['exit', [['write', 'x', 1], ['exit'], ['write', 'x', 2]], 'x==1'],
    [
      'atomic',
      [
        [
          'atomic',
          [
            ['read', 'x', 'q'],
            ['set', 'q', 'q+1'],
            ['write', 'a[1]', 'q'],
            ['rmw', 'x', 'v*2'],
          ],
        ],
      ],
      'x==6&&a[1]==4',
    ],
    [
      'an index that is computed',
      [
        ['set', 'i', 1],
        ['lock', 'f[i]'],
        ['unlock', 'f[i]'],
        ['write', 'a[i]', 9],
      ],
      'a[1]==9&&a[0]==1',
    ],
    [
      'await',
      [
        ['await', 'x', 'v==3'],
        ['write', 'x', 0],
      ],
      'x==0',
    ],
  ])('%s', (_name, steps, final) => {
    expect(run(steps, final)).toMatchObject({ verdict: 'ok', exhausted: true });
    expect(run(steps, `!(${final})`)).toMatchObject({ verdict: 'fail', failing: 1 });
  });

  test('choose has every outcome', () => {
    const result = run(
      [
        ['choose', 3, 'q'],
        ['write', 'x', 'q'],
      ],
      'x!=2',
    );
    expect(result).toMatchObject({ executions: 3, failing: 1 });
    expect(result.failures[0]!.schedule).toEqual([['t', 'choose q: 2', 'x = 2']]);
  });

  test('an index out of range is a failure of the program, with the place', () => {
    const result = run([
      ['set', 'i', 5],
      ['write', 'a[i]', 1],
    ]);
    expect(result.failures[0]!.message).toBe(
      "t: program 'p': task 't': steps[1]: index 5 is outside 'a', which has 2 elements",
    );
  });

  test('a loop without a visible step is refused', () => {
    expect(() => run([['while', '1', [['set', 'i', 'i+1']]]])).toThrow('a loop needs a visible step');
  });
});

describe('mistakes are told with their place', () => {
  test.each<[Step, string]>([
    [['lok', 'm'], "steps[0] has the unknown word 'lok'"],
    [['lock', 'x'], "steps[0] wants a mutex, not 'x'"],
    [['lock', 'f'], "steps[0] uses the array 'f' without an index"],
    [['lock', 'f[9'], 'wants a mutex, not "f[9"'],
    [['lock', 'f[9+]'], "expression '9+' ends too early"],
    [['lock', 7], 'wants a mutex, not 7'],
    [['read', 'm', 'q'], "wants a variable, not 'm'"],
    [['read', 'x', 'm'], "uses the object 'm' as a register"],
    [['read', 'x', 5], 'wants a register, not 5'],
    [['write', 'x', '1+'], "expression '1+' ends too early"],
    [['write', 'x', 'a[0]'], "reads 'a[…]' in an expression: use a read step"],
    [['spawn', 'nobody'], 'names no task: "nobody"'],
    [['if', '1', 'yes'], 'wants a list of steps'],
    [['while', '1', [['boo']]], "steps[0].body[0] has the unknown word 'boo'"],
    [['atomic', [['lock', 'm']]], "has 'lock' in an atomic step"],
    [['choose', 0, 'q'], 'wants a number of outcomes'],
    [['wait', 'm', 'c'], 'wants a mutex'],
  ])('%j', (step, message) => {
    expect(() => compileProgram(single([step]))).toThrow(message);
    expect(() => compileProgram(single([step]))).toThrow(/program 'p'|expression/);
  });

  test.each([
    ['{', 'x.json: not JSON'],
    ['[1]', 'x.json is no object'],
    ['{"id":"p"}', "lacks 'objects'"],
    [
      '{"id":"p","objects":{"m":{"kind":"spin"}},"tasks":[]}',
      "object 'm' needs a 'kind', one of var, mutex, rwlock, fairrw, sem, cond",
    ],
    ['{"id":"p","objects":{"m":{"kind":"var","size":0}},"tasks":[]}', 'has size 0'],
    ['{"id":"p","objects":{"m":{"kind":"var","init":[1],"size":2}},"tasks":[]}', 'has 1 initial values for size 2'],
    ['{"id":"p","objects":{"m":{"kind":"var","init":0.5}},"tasks":[]}', "has an 'init' that is no integer"],
    ['{"id":"p","objects":{},"tasks":[]}', "lacks 'tasks'"],
    [
      '{"id":"p","objects":{},"tasks":[{"name":"a","steps":[]},{"name":"a","steps":[]}]}',
      "is the second task named 'a'",
    ],
    ['{"id":"p","objects":{},"tasks":[{"name":"a"}]}', "lacks 'steps'"],
  ])('%s', (text, message) => expect(() => parseProgramFile(text, 'x.json')).toThrow(message));

  test('an unknown name in the final condition', () => {
    expect(() => compileProgram(single([], 'z==1'))).toThrow("program 'p': final wants a variable, not 'z'");
  });
});

describe('the document', () => {
  const chosen = programs.filter(({ id }) => ['abba', 'abba_gate', 'hole_punch_race'].includes(id));
  const text = JSON.stringify({ programs: chosen });

  test('says of each program what the command prints', () => {
    const summaries = [...exploreProgramFile(text)].map(({ program, result }) => summarise(program.id, result));
    expect(summaries).toEqual([
      {
        id: 'abba',
        verdict: 'deadlock',
        executions: 3,
        deadlocks: 1,
        failing: 0,
        sleepBlocked: 0,
        exhausted: true,
        minPreemptions: 1,
        schedule: [
          ['t1', 'lock A'],
          ['t2', 'lock B'],
        ],
      },
      {
        id: 'abba_gate',
        verdict: 'ok',
        executions: 2,
        deadlocks: 0,
        failing: 0,
        sleepBlocked: 0,
        exhausted: true,
        minPreemptions: null,
        schedule: null,
      },
      expect.objectContaining({
        id: 'hole_punch_race',
        verdict: 'fail',
        executions: 3,
        deadlocks: 0,
        failing: 1,
        minPreemptions: 1,
      }),
    ]);
    expect(JSON.parse(JSON.stringify({ programs: summaries }))).toEqual({ programs: summaries });
  });

  test('a single program, and a list, are files too', () => {
    expect(parseProgramFile(JSON.stringify(chosen[0])).map(({ id }) => id)).toEqual(['abba']);
    expect(parseProgramFile(JSON.stringify(chosen)).map(({ id }) => id)).toEqual(chosen.map(({ id }) => id));
  });
});
