/**
 * Typed reading of parsed JSON that anybody may have written: each field is looked at once, and the first one that is wrong is named
 * by its place in the document. Only own properties count, so `__proto__` and `constructor` are ordinary names.
 */
import { GraphFileError } from './graph-file-error.ts';

/** The document of a file. @throws GraphFileError when it is no JSON. */
export function parseJson(text: string, file: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const what =
      text.trim() === '' ? 'the file is empty' : `not JSON: ${error instanceof Error ? error.message : error}`;
    throw new GraphFileError({ code: 'not-json', file, problem: what, hint });
  }
}

export class JsonReader {
  readonly #file: string;
  readonly #hint: string;

  constructor(file: string, hint: string) {
    this.#file = file;
    this.#hint = hint;
  }

  /** Looks at the envelope that tells one format of ours from anything else. */
  envelope(data: unknown, format: string, version: number): Readonly<Record<string, unknown>> {
    const fields = isObject(data) ? data : {};
    if (own(fields, 'format') !== format) {
      const found = own(fields, 'format');
      throw new GraphFileError({
        code: 'foreign',
        file: this.#file,
        problem: `this is no ${format} file${typeof found === 'string' ? `: its format is ${JSON.stringify(found.slice(0, 40))}` : ''}`,
        hint: this.#hint,
      });
    }
    const found = own(fields, 'version');
    if (typeof found === 'number' && Number.isInteger(found) && found > version) {
      throw new GraphFileError({
        code: 'newer',
        file: this.#file,
        problem: `it has version ${found}, and this lockdep reads up to version ${version}`,
        hint: 'read it with the lockdep that wrote it, or a later one',
      });
    }
    if (found !== version) this.fail('version', `is ${brief(found)}, not ${version}`);
    return fields;
  }

  object(at: string, value: unknown): Readonly<Record<string, unknown>> {
    return isObject(value) ? value : this.fail(at, `is ${brief(value)}, not an object`);
  }

  array(at: string, fields: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
    const value = own(fields, name);
    return Array.isArray(value) ? value : this.fail(join(at, name), `is ${brief(value)}, not a list`);
  }

  string(at: string, fields: Readonly<Record<string, unknown>>, name: string): string {
    const value = own(fields, name);
    return typeof value === 'string' ? value : this.fail(join(at, name), `is ${brief(value)}, not text`);
  }

  /** Text that may be missing; then it is null. */
  optional(at: string, fields: Readonly<Record<string, unknown>>, name: string): string | null {
    return own(fields, name) === undefined ? null : this.string(at, fields, name);
  }

  strings(at: string, fields: Readonly<Record<string, unknown>>, name: string): string[] {
    return this.array(at, fields, name).map((value, index) =>
      typeof value === 'string' ? value : this.fail(`${join(at, name)}[${index}]`, `is ${brief(value)}, not text`),
    );
  }

  integer(at: string, fields: Readonly<Record<string, unknown>>, name: string, least: number, most: number): number {
    const value = own(fields, name);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.fail(join(at, name), `is ${brief(value)}, not an integer from ${least} to ${most}`);
  }

  oneOf<const T extends string>(
    at: string,
    fields: Readonly<Record<string, unknown>>,
    name: string,
    allowed: readonly T[],
  ): T {
    const value = own(fields, name);
    const found = allowed.find((candidate) => candidate === value);
    return found ?? this.fail(join(at, name), `is ${brief(value)}, not one of ${allowed.join(', ')}`);
  }

  fail(at: string, problem: string): never {
    throw new GraphFileError({ code: 'malformed', file: this.#file, at, problem, hint: this.#hint });
  }
}

const join = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own property, so that nothing is read off a prototype. */
export function own(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function brief(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
