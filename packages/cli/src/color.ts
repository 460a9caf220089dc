/** Whether a stream is written in colour: NO_COLOR forbids it, FORCE_COLOR demands it, else a terminal gets it. */

export function wantsColor(
  { isTTY = false }: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR = '', FORCE_COLOR, TERM } = environment;
  // As Node and its tools have it: FORCE_COLOR wins, and 0 and false are a no.
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return NO_COLOR === '' && isTTY && TERM !== 'dumb';
}
