/**
 * Expressions of program files: C-like integer arithmetic over names, compiled to closures.
 *
 * Precedence as in C: `?:` `||` `&&` `|` `^` `&` `== !=` `< <= > >=` `<< >>` `+ -` `* / %` `! ~ -`. Comparisons give 1 or 0, division
 * truncates. What a name means is the caller's business (`resolve`), and so is `name[index]`.
 */
import { SimulatorError } from '../engine/error.ts';

/** The registers of a task: a plain array, for most values are small integers. */
export type Frame = number[];

/** A compiled expression; `frame` holds the registers of the task that evaluates it. */
export type Expression = (frame: Frame) => number;

export interface Names {
  /** A plain name. */
  resolve(name: string): Expression;
  /** `name[index]`. */
  element(name: string, index: Expression): Expression;
}

const TOKEN = /\s*(?:(\d+)|([A-Za-z_]\w*)|(\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%!~<>&|^?:()[\]]))/y;

type Binary = (a: Expression, b: Expression) => Expression;

/** Binary operators, weakest first; `||` and `&&`, which need not look at their right side, stand before these. */
const LEVELS: readonly ReadonlyMap<string, Binary>[] = [
  new Map<string, Binary>([['|', (a, b) => (frame) => a(frame) | b(frame)]]),
  new Map<string, Binary>([['^', (a, b) => (frame) => a(frame) ^ b(frame)]]),
  new Map<string, Binary>([['&', (a, b) => (frame) => a(frame) & b(frame)]]),
  new Map<string, Binary>([
    ['==', (a, b) => (frame) => (a(frame) === b(frame) ? 1 : 0)],
    ['!=', (a, b) => (frame) => (a(frame) !== b(frame) ? 1 : 0)],
  ]),
  new Map<string, Binary>([
    ['<', (a, b) => (frame) => (a(frame) < b(frame) ? 1 : 0)],
    ['<=', (a, b) => (frame) => (a(frame) <= b(frame) ? 1 : 0)],
    ['>', (a, b) => (frame) => (a(frame) > b(frame) ? 1 : 0)],
    ['>=', (a, b) => (frame) => (a(frame) >= b(frame) ? 1 : 0)],
  ]),
  new Map<string, Binary>([
    ['<<', (a, b) => (frame) => a(frame) << b(frame)],
    ['>>', (a, b) => (frame) => a(frame) >> b(frame)],
  ]),
  new Map<string, Binary>([
    ['+', (a, b) => (frame) => a(frame) + b(frame)],
    ['-', (a, b) => (frame) => a(frame) - b(frame)],
  ]),
  new Map<string, Binary>([
    ['*', (a, b) => (frame) => a(frame) * b(frame)],
    ['/', (a, b) => (frame) => Math.trunc(a(frame) / b(frame))],
    ['%', (a, b) => (frame) => a(frame) % b(frame)],
  ]),
];

const UNARY: ReadonlyMap<string, (a: Expression) => Expression> = new Map<string, (a: Expression) => Expression>([
  ['!', (a) => (frame) => (a(frame) === 0 ? 1 : 0)],
  ['~', (a) => (frame) => ~a(frame)],
  ['-', (a) => (frame) => -a(frame)],
]);

/** Compiles `source`, a string or a plain number. */
export function compileExpression(source: unknown, names: Names): Expression {
  if (typeof source === 'number' && Number.isFinite(source)) return () => source;
  if (typeof source !== 'string')
    throw bad(String(JSON.stringify(source)), 'is no expression: a number or a string is wanted');
  return new Parser(source, names).all();
}

/** Whether the text is a plain name, such as a register. */
export function isName(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z_]\w*$/.test(text);
}

class Parser {
  readonly #source: string;
  readonly #names: Names;
  readonly #tokens: string[];
  #at = 0;

  constructor(source: string, names: Names) {
    this.#source = source;
    this.#names = names;
    this.#tokens = tokenize(source);
  }

  all(): Expression {
    const expression = this.#conditional();
    if (this.#at < this.#tokens.length) throw bad(this.#source, `has '${this.#tokens[this.#at]}' where it should end`);
    return expression;
  }

  #conditional(): Expression {
    const test = this.#either();
    if (!this.#accept('?')) return test;
    const yes = this.#conditional();
    this.#expect(':');
    const no = this.#conditional();
    return (frame) => (test(frame) !== 0 ? yes(frame) : no(frame));
  }

  #either(): Expression {
    let left = this.#both();
    while (this.#accept('||')) {
      const [a, b] = [left, this.#both()];
      left = (frame) => (a(frame) !== 0 || b(frame) !== 0 ? 1 : 0);
    }
    return left;
  }

  #both(): Expression {
    let left = this.#binary(0);
    while (this.#accept('&&')) {
      const [a, b] = [left, this.#binary(0)];
      left = (frame) => (a(frame) !== 0 && b(frame) !== 0 ? 1 : 0);
    }
    return left;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.get(this.#tokens[this.#at] ?? '');
      if (operator === undefined) return left;
      this.#at++;
      left = operator(left, this.#binary(level + 1));
    }
  }

  #unary(): Expression {
    const operator = UNARY.get(this.#tokens[this.#at] ?? '');
    if (operator === undefined) return this.#primary();
    this.#at++;
    return operator(this.#unary());
  }

  #primary(): Expression {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw bad(this.#source, 'ends too early');
    if (token === '(') {
      const inner = this.#conditional();
      this.#expect(')');
      return inner;
    }
    if (/^\d/.test(token)) {
      const value = Number(token);
      return () => value;
    }
    if (!isName(token)) throw bad(this.#source, `has '${token}' where a value is wanted`);
    if (!this.#accept('[')) return this.#names.resolve(token);
    const index = this.#conditional();
    this.#expect(']');
    return this.#names.element(token, index);
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw bad(this.#source, `lacks '${token}'`);
  }
}

function tokenize(source: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw bad(source, `has an unknown character at ${from + 1}`);
    tokens.push(match[1] ?? match[2] ?? match[3]!);
  }
  return tokens;
}

function bad(source: string, what: string): SimulatorError {
  return new SimulatorError('bad-program', `expression '${source}' ${what}`);
}
