/**
 * Kinds of dependency. What a held lock blocks depends only on whether it is held exclusively (E) or shared (S); what a
 * wanted lock is blocked by depends only on whether it is wanted by a recursive reader (R) or not (N). So an edge has
 * up to four strengths, one bit each, as in the kernel's `__calc_dep_bit`.
 */
import { MODE_MASK, RECURSIVE_READ, WRITE } from './mode.ts';

export const SR = 1;
export const ER = 2;
export const SN = 4;
export const EN = 8;
/** Strengths whose outer end is shared, and whose inner end is not a recursive reader. */
export const SHARED_OUTER: number = SR | SN;
export const BLOCKING_INNER: number = SN | EN;

/** The strength of `held → wanted`, seen forwards. */
export function dependencyBit(held: number, wanted: number): number {
  return 1 << (((held & MODE_MASK) === WRITE ? 1 : 0) + ((wanted & MODE_MASK) !== RECURSIVE_READ ? 2 : 0));
}

/** The same strengths seen from the other end: exclusive-outer and blocking-inner change places. */
export function reversed(bits: number): number {
  return (bits & (SR | EN)) | ((bits & ER) << 1) | ((bits & SN) >> 1);
}

/** `EN,SR`, strongest first. */
export function dependencyNames(bits: number): string {
  const names: string[] = [];
  if ((bits & EN) !== 0) names.push('EN');
  if ((bits & SN) !== 0) names.push('SN');
  if ((bits & ER) !== 0) names.push('ER');
  if ((bits & SR) !== 0) names.push('SR');
  return names.join(',');
}
