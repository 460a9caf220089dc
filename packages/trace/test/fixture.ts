import { readFileSync } from 'node:fs';

/** Path of a fixture. */
export function fixturePath(name: string): string {
  return new URL(`./fixtures/${name}`, import.meta.url).pathname;
}

/** Bytes of a fixture. */
export function fixture(name: string): Uint8Array {
  return readFileSync(fixturePath(name));
}

/** Text as bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
