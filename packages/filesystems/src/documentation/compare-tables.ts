/** What runs showed of each operation, cell by cell against the kernel's own table. Plain data. */
import type { Profile } from '@lockdep/page-cache';
import {
  type KernelVersion,
  LOCKING_TABLES,
  type LockingTable,
  RENAMED,
  TABLE_COLUMNS,
  TAKEN_INSIDE,
} from './kernel-tables.ts';
import type { CallEvidence, DocumentedLock, HeldMode, LockTally, ObservedOperation } from './lock-recorder.ts';

/** `not stated`: the document has nothing to say of it; `not observed`: no run called it. */
export type CellVerdict = 'agrees' | 'contradicts' | 'not stated' | 'not observed';

/** A cell of the table. */
export interface ComparedCell {
  readonly table: LockingTable | 'text';
  readonly operation: string;
  readonly lock: DocumentedLock;
  /** On entry, on exit, or taken by the operation itself. */
  readonly when: 'entry' | 'exit' | 'takes';
  /** As the document has it; empty when it states nothing. */
  readonly documented: string;
  /** Null when no run shows it. */
  readonly observed: LockTally | null;
  readonly verdict: CellVerdict;
  /** Calls that are not as documented, and the first of them. */
  readonly against: readonly {
    readonly mode: HeldMode;
    readonly calls: number;
    readonly evidence: CallEvidence | null;
  }[];
}

/** The document that belongs to a code state. */
export const documentOf: Readonly<Record<Profile, KernelVersion>> = {
  before: 'v5.14',
  seed: 'v5.15',
  merged: 'v5.15',
  latest: 'v7.1',
};

/** Every documented cell, then operations that have no row; contradictions are not sorted out here. */
export function compareTables(operations: readonly ObservedOperation[], version: KernelVersion): ComparedCell[] {
  const observed = new Map(operations.map((row) => [row.operation, row]));
  const cells: ComparedCell[] = [];
  for (const table of Object.keys(TABLE_COLUMNS) as LockingTable[]) {
    for (const line of LOCKING_TABLES[version][table].trim().split('\n')) {
      const [called = '', ...words] = line.split('|').map((cell) => cell.trim());
      const operation = RENAMED[called] ?? called;
      const row = observed.get(operation);
      for (const [column, lock] of TABLE_COLUMNS[table].entries()) {
        const documented = words[column] ?? '';
        const about = { table, operation, lock, documented };
        cells.push(judge({ ...about, when: 'entry' }, row?.entry[lock], onEntry(lock, documented)));
        const exit = onExit(lock, documented);
        if (exit !== null) cells.push(judge({ ...about, when: 'exit' }, row?.exit[lock], exit));
      }
    }
  }
  if (version === 'v5.14') return cells;
  for (const { operation, lock, mode, where } of TAKEN_INSIDE) {
    const about = { table: 'text', operation, lock, when: 'takes', documented: where } as const;
    cells.push(judge(about, observed.get(operation)?.takes[lock], HELD[mode]));
  }
  return cells;
}

type Allowed = ReadonlySet<HeldMode>;

/** Shared means at least shared: who holds it exclusively excludes no less. */
const HELD: Readonly<Record<'shared' | 'exclusive', Allowed>> = {
  shared: new Set(['shared', 'exclusive']),
  exclusive: new Set(['exclusive']),
};
const NOT_HELD: Allowed = new Set(['none']);

/** The modes that a cell allows when the operation is called; null when it states nothing. */
function onEntry(lock: DocumentedLock, documented: string): Allowed | null {
  if (documented === '' || /^(maybe|no or)/.test(documented)) return null;
  if (/^(no\b|locks the|can return)/.test(documented)) return NOT_HELD;
  if (lock === 'folio_lock' || /^(exclusive|write$)/.test(documented)) return HELD.exclusive;
  return HELD.shared;
}

/** The modes that a cell allows when the operation is done; null when it states nothing. Only the folio lock is left otherwise. */
function onExit(lock: DocumentedLock, documented: string): Allowed | null {
  if (lock !== 'folio_lock') return null;
  if (documented.startsWith('locks the')) return HELD.exclusive;
  return documented.includes('unlocks') ? NOT_HELD : null;
}

function judge(
  about: Pick<ComparedCell, 'table' | 'operation' | 'lock' | 'when' | 'documented'>,
  observed: LockTally | undefined,
  allowed: Allowed | null,
): ComparedCell {
  const cell = { ...about, observed: observed ?? null, against: [] };
  if (allowed === null) return { ...cell, verdict: 'not stated' };
  if (observed === undefined || observed.exclusive + observed.shared + observed.none === 0)
    return { ...cell, verdict: 'not observed' };
  const against = (['exclusive', 'shared', 'none'] as const)
    .filter((mode) => !allowed.has(mode) && observed[mode] > 0)
    .map((mode) => ({ mode, calls: observed[mode], evidence: observed.evidence[mode] ?? null }));
  return { ...cell, verdict: against.length === 0 ? 'agrees' : 'contradicts', against };
}
