/**
 * An order that people have written down, and its reading: the compact text form and the JSON form.
 *
 * Text: `A < B < C, D < E` on any number of lines (A is taken before B); `#` after a space or at the start of a line begins a comment;
 * a name with `<`, `,` or spaces goes in double quotes; `inode = "&sb->s_type->i_mutex_key", i_rwsem` lets one name stand for
 * others. JSON: `{"edges": [{"outer", "inner", "where"?, "domain"?, "kind"?, "modes"?}], "chains"?: [{"order": […], "isNesting": true}],
 * "classes"?: [{"id"}], "aliases"?: {name: [class, …]}}`; edges of kind `forbidden` and trylock edges are no order.
 */
import { GraphFileError } from './graph-file-error.ts';
import { JsonReader, own, parseJson } from './json-reader.ts';

/** `inner` may be taken while `outer` is held, and never the other way round. */
export interface DeclaredEdge {
  readonly outer: string;
  readonly inner: string;
  /** Where that is written. */
  readonly where: string;
  /** The part of the program it belongs to; null where no part is named. */
  readonly domain: string | null;
}

/** An order as somebody has written it down. */
export interface OrderDeclaration {
  /** The file. */
  readonly name: string;
  /** Every class that is named, edges or not. */
  readonly classes: readonly string[];
  readonly edges: readonly DeclaredEdge[];
  /** Classes that a name stands for, besides those called so. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

const HINT = 'give lines like `A < B < C, D < E`, or JSON with edges of outer and inner';

/** Reads an order file in either form. @throws GraphFileError that names the line or the place in the document. */
export function parseOrder(text: string, file: string): OrderDeclaration {
  return text.trimStart().startsWith('{') ? parseDocument(text, file) : parseLines(text, file);
}

class Declaration {
  readonly #classes = new Set<string>();
  readonly #edges = new Map<string, DeclaredEdge>();
  readonly aliases = new Map<string, readonly string[]>();

  name(name: string): void {
    this.#classes.add(name);
  }

  /** The first statement of an edge stands. */
  edge(edge: DeclaredEdge): void {
    this.name(edge.outer);
    this.name(edge.inner);
    const pair = JSON.stringify([edge.outer, edge.inner]);
    if (!this.#edges.has(pair)) this.#edges.set(pair, edge);
  }

  done(name: string): OrderDeclaration {
    return { name, classes: [...this.#classes], edges: [...this.#edges.values()], aliases: this.aliases };
  }
}

function parseDocument(text: string, file: string): OrderDeclaration {
  const reader = new JsonReader(file, HINT);
  const data = reader.object('', parseJson(text, file, HINT));
  const declaration = new Declaration();
  const rows = (name: string, read: (at: string, fields: Readonly<Record<string, unknown>>) => void): void => {
    for (const [index, item] of reader.array('', data, name).entries()) {
      const at = `${name}[${index}]`;
      read(at, reader.object(at, item));
    }
  };
  const about = (at: string, fields: Readonly<Record<string, unknown>>): { where: string; domain: string | null } => ({
    where: reader.optional(at, fields, 'where') ?? `${file} ${at}`,
    domain: reader.optional(at, fields, 'domain'),
  });
  if (own(data, 'edges') === undefined && own(data, 'chains') === undefined) {
    throw new GraphFileError({
      code: 'foreign',
      file,
      problem: 'there is no order in it: no edges, no chains',
      hint: HINT,
    });
  }
  if (own(data, 'classes') !== undefined)
    rows('classes', (at, fields) => declaration.name(reader.string(at, fields, 'id')));
  if (own(data, 'edges') !== undefined) {
    rows('edges', (at, fields) => {
      const [outer, inner] = [reader.string(at, fields, 'outer'), reader.string(at, fields, 'inner')];
      if (outer === inner) reader.fail(at, `puts ${outer} before itself`);
      const forbidden = reader.optional(at, fields, 'kind') === 'forbidden';
      const trylock = reader.optional(at, fields, 'modes') === 'trylock';
      if (!forbidden && !trylock) declaration.edge({ outer, inner, ...about(at, fields) });
    });
  }
  if (own(data, 'chains') !== undefined) {
    rows('chains', (at, fields) => {
      const order = reader.strings(at, fields, 'order');
      if (own(fields, 'isNesting') === false) return;
      for (const [index, inner] of order.slice(1).entries()) {
        declaration.edge({ outer: order[index]!, inner, ...about(at, fields) });
      }
    });
  }
  if (own(data, 'aliases') !== undefined) {
    const aliases = reader.object('aliases', own(data, 'aliases'));
    for (const name of Object.keys(aliases)) declaration.aliases.set(name, reader.strings('aliases', aliases, name));
  }
  return declaration.done(file);
}

const TOKEN = /\s*(?:(?<comment>(?<![^\s])#.*$)|"(?<quoted>[^"]*)"|(?<sign>[<,=])|(?<bare>(?:[^\s<,="])+)|(?<bad>\S))/y;

interface Token {
  readonly kind: 'name' | 'sign';
  readonly text: string;
}

function parseLines(text: string, file: string): OrderDeclaration {
  const declaration = new Declaration();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const at = `line ${index + 1}`;
    const fail = (problem: string): never => {
      throw new GraphFileError({ code: 'malformed', file, at, problem, hint: HINT });
    };
    const tokens = tokensOf(line, fail);
    if (tokens.length === 0) continue;
    for (const [position, { kind }] of tokens.entries()) {
      const wanted = position % 2 === 0 ? 'name' : 'sign';
      if (kind !== wanted)
        fail(`a ${wanted === 'name' ? 'class' : '`<` or `,`'} is missing before ${tokens[position]!.text}`);
    }
    if (tokens.length % 2 === 0) fail(`a class is missing after ${tokens.at(-1)!.text}`);
    if (tokens[1]?.text === '=') alias(declaration, tokens, fail);
    else orderLine(declaration, tokens, `${file}:${index + 1}`, fail);
  }
  const done = declaration.done(file);
  if (done.edges.length === 0) {
    throw new GraphFileError({
      code: 'foreign',
      file,
      problem: 'there is no order in it: no line with `<`',
      hint: HINT,
    });
  }
  return done;
}

function tokensOf(line: string, fail: (problem: string) => never): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < line.length) {
    const groups = TOKEN.exec(line)?.groups;
    if (groups === undefined) break; // white space at the end
    if (groups['comment'] !== undefined) break;
    if (groups['bad'] !== undefined) fail(`${groups['bad']} is not closed or out of place`);
    if (groups['sign'] !== undefined) tokens.push({ kind: 'sign', text: groups['sign'] });
    else tokens.push({ kind: 'name', text: groups['quoted'] ?? groups['bare']! });
  }
  return tokens;
}

function alias(declaration: Declaration, tokens: readonly Token[], fail: (problem: string) => never): void {
  const [name, ...others] = tokens.filter(({ kind }) => kind === 'name').map(({ text }) => text);
  if (tokens.some(({ kind, text }, at) => kind === 'sign' && text !== (at === 1 ? '=' : ',')))
    fail('after `=` come classes, with `,` between');
  declaration.aliases.set(name!, others);
}

function orderLine(
  declaration: Declaration,
  tokens: readonly Token[],
  where: string,
  fail: (problem: string) => never,
): void {
  for (let at = 0; at < tokens.length; at += 2) {
    const name = tokens[at]!.text;
    declaration.name(name);
    const sign = tokens[at + 1]?.text;
    if (sign === '=') fail('`=` stands after the first name of a line only');
    if (sign !== '<') continue;
    const inner = tokens[at + 2]!.text;
    if (inner === name) fail(`puts ${name} before itself`);
    declaration.edge({ outer: name, inner, where, domain: null });
  }
}
