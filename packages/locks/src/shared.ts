/**
 * What all copies of this package in one process share: validator, current strand, class keys.
 *
 * Two bundles (or an ESM and a CJS build) of one program must agree on who runs and on which class a name means, or each
 * would see half of the order. The state therefore hangs on `globalThis` under registered symbols.
 */

/** The value under `Symbol.for(name)` on `globalThis`, made by the first who asks. */
export function shared<T>(name: string, make: () => T): T {
  const symbol = Symbol.for(name);
  const slots = globalThis as unknown as Record<symbol, T | undefined>;
  let value = slots[symbol];
  if (value === undefined) {
    value = make();
    slots[symbol] = value;
  }
  return value;
}
