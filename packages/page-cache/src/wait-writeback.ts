/** `folio_wait_writeback`: holding the folio lock or not; the completion of the writeback needs neither. */
import type { Folio } from './folio.ts';
import type { Proc } from './machine.ts';

/**
 * Waits for the end of the writeback under way, if there is one. Source: `mm/page-writeback.c: folio_wait_writeback`.
 */
export function* waitOnFolioWriteback(folio: Folio): Proc {
  const { machine } = folio.sb.engine;
  const words = `writeback ${folio.label}?`;
  const writeback = yield* machine.access([folio.state], [], words, () => folio.writeback);
  if (writeback !== null) yield* writeback.wait();
}
