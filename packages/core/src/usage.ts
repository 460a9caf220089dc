/**
 * Usage bits of a class: in which context kinds it was taken, and with which kinds enabled it was held.
 *
 * Kind k owns bits 4k … 4k+3: used in it by a writer, by a reader, held with it enabled by a writer, by a reader (the order
 * of the kernel's `enum lock_usage_bit`); bits 28 and 29 say "ever used" for writing and reading.
 */
import type { ContextKinds } from './context-kinds.ts';

export const READ_BIT = 1;
export const DIRECTION_BIT = 2;
export const USED = 28;
export const USED_READ = 29;

/** All non-read bits of all kinds, all read bits, and both directions. */
export const WRITE_BITS = 0x05555555;
export const READ_BITS = 0x0aaaaaaa;
export const USED_IN_BITS = 0x03333333;
export const ENABLED_BITS = 0x0ccccccc;

export const usageBit = {
  usedIn: (kind: number, read: number): number => kind * 4 + read,
  enabled: (kind: number, read: number): number => kind * 4 + DIRECTION_BIT + read,
  used: (read: number): number => USED + read,
} as const;

/** The bit that conflicts with `bit`: same kind, other direction, for writing. */
export function exclusiveBit(bit: number): number {
  return (bit & ~3) | ((bit & DIRECTION_BIT) ^ DIRECTION_BIT);
}

const invertDirection = (mask: number): number => ((mask & USED_IN_BITS) << 2) | ((mask & ENABLED_BITS) >>> 2);
const bothModes = (mask: number): number => mask | ((mask & READ_BITS) >>> 1) | ((mask & WRITE_BITS) << 1);

/** Every bit that conflicts with some bit of `mask`: other direction, either mode. */
export function exclusiveMask(mask: number): number {
  return bothModes(invertDirection(mask));
}

/** `IN-HARDIRQ-W`, `SOFTIRQ-ON-R`, `INITIAL USE`. */
export function usageName(bit: number, contexts: ContextKinds): string {
  if (bit === USED) return 'INITIAL USE';
  if (bit === USED_READ) return 'INITIAL READ USE';
  const state = contexts.kinds[bit >> 2]!.name.toUpperCase();
  const mode = (bit & READ_BIT) !== 0 ? 'R' : 'W';
  return (bit & DIRECTION_BIT) !== 0 ? `${state}-ON-${mode}` : `IN-${state}-${mode}`;
}

/** `HARDIRQ`, or `HARDIRQ-READ` for a read bit. */
export function stateName(bit: number, contexts: ContextKinds): string {
  return contexts.kinds[bit >> 2]!.name.toUpperCase() + ((bit & READ_BIT) !== 0 ? '-READ' : '');
}

/** Per kind two characters, for writing and for reading: `.` neither, `-` used in it, `+` held with it enabled, `?` both. */
export function usageCharacters(mask: number, contexts: ContextKinds): string {
  let characters = '';
  for (let kind = 0; kind < contexts.kinds.length; kind++) {
    for (let read = 0; read <= READ_BIT; read++) {
      const usedIn = (mask & (1 << usageBit.usedIn(kind, read))) !== 0;
      const enabled = (mask & (1 << usageBit.enabled(kind, read))) !== 0;
      characters += usedIn ? (enabled ? '?' : '-') : enabled ? '+' : '.';
    }
  }
  return characters;
}
