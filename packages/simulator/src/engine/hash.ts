/**
 * Hashes of traces and states: two independent 32-bit lanes, read as one number of 53 bits.
 *
 * Not cryptographic; two different states collide with probability about k²/2^54 among k states, which results report.
 */
import { SimulatorError } from './error.ts';
import type { Op } from './op.ts';

export class Hash {
  a: number = 0x9e3779b9 | 0;
  b: number = 0x85ebca6b | 0;

  restart(): void {
    this.a = 0x9e3779b9 | 0;
    this.b = 0x85ebca6b | 0;
  }

  /** Mixes one 32-bit integer in; order matters. */
  fold(n: number): void {
    this.a = Math.imul((this.a ^ n) + 0x6d2b79f5, 0x85ebca6b);
    this.a ^= this.a >>> 15;
    this.b = Math.imul((this.b + n) ^ 0x1b873593, 0xcc9e2d51);
    this.b ^= this.b >>> 13;
  }

  foldHash(other: Hash): void {
    this.fold(other.a);
    this.fold(other.b);
  }

  /** A non-negative integer below 2^53. */
  get value(): number {
    return (this.a >>> 0) * 0x20_0000 + (this.b >>> 11);
  }
}

/** Mixes any plain value in: primitives, arrays, plain objects, maps and sets of such. */
export function foldPlain(hash: Hash, value: unknown, what: string): void {
  switch (typeof value) {
    case 'number':
      if ((value | 0) === value) hash.fold(value);
      else foldText(hash, `n${value}`);
      return;
    case 'string':
      foldText(hash, value);
      return;
    case 'boolean':
      hash.fold(value ? 0x7001 : 0x7000);
      return;
    case 'undefined':
      hash.fold(0x7002);
      return;
    case 'bigint':
      foldText(hash, `b${value}`);
      return;
    case 'object':
      if (value === null) hash.fold(0x7003);
      else foldObject(hash, value, what);
      return;
    default:
      throw notHashable(what, typeof value);
  }
}

function foldObject(hash: Hash, value: object, what: string): void {
  if (typeof (value as { stateKey?: unknown }).stateKey === 'function') {
    foldPlain(hash, (value as { stateKey(): unknown }).stateKey(), what);
  } else if (Array.isArray(value) || value instanceof Set) {
    hash.fold(0x7004);
    for (const item of value) foldPlain(hash, item, what);
    hash.fold(0x7005);
  } else if (value instanceof Map) {
    hash.fold(0x7006);
    for (const [key, item] of value) {
      foldPlain(hash, key, what);
      foldPlain(hash, item, what);
    }
  } else if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
    hash.fold(0x7007);
    for (const key of Object.keys(value).sort()) {
      foldText(hash, key);
      foldPlain(hash, (value as Record<string, unknown>)[key], what);
    }
  } else {
    throw notHashable(what, `a ${value.constructor?.name ?? 'class instance'}`);
  }
}

export function foldText(hash: Hash, text: string): void {
  hash.fold(text.length);
  for (let i = 0; i < text.length; i++) hash.fold(text.charCodeAt(i));
}

/** Adds what a task has just received to the hash of all it has received. */
export function foldStep(hash: Hash, op: Op, result: unknown): void {
  hash.fold(op.object.id);
  hash.fold(op.code);
  foldPlain(hash, result, `the result of '${op.label()}'`);
}

function notHashable(what: string, type: string): SimulatorError {
  return new SimulatorError(
    'not-hashable',
    `state caching cannot compare ${what}: it is ${type}; use plain data, give it a stateKey() method, or choose another strategy`,
  );
}
