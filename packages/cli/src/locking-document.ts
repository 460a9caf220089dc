/** Locking documents as Markdown or reStructuredText: contradictions first, then the tables, then the order. */
import type { ComparedCell, LockTally, ObservedOperation } from '@lockdep/filesystems';
import type { OrderCheck, SavedDependency } from '@lockdep/graph';
import { printable } from '@lockdep/report';
import { plural } from './graph-lines.ts';
import { type CommentLine, commentText } from './order-comment.ts';

/** What runs say of locks, and what a document says; of recordings there are no operations. */
export interface LockingDocument {
  readonly title: string;
  /** What it was compared with; null: nothing. */
  readonly against: string | null;
  readonly operations: readonly ObservedOperation[];
  readonly cells: readonly ComparedCell[];
  readonly hierarchy: readonly CommentLine[];
  /** Null when there was nothing to compare with. */
  readonly order: Pick<OrderCheck, 'edges' | 'learned' | 'selfContradictions'> | null;
}

export type Markup = 'markdown' | 'rst';

/** Whether anything was seen that the document has otherwise. */
export function contradicts({ cells, order }: LockingDocument): boolean {
  return cells.some(({ verdict }) => verdict === 'contradicts') || (order !== null && contradictedBy(order).length > 0);
}

/** The text, with a heading for each part that has something to say. */
export function renderLockingDocument(document: LockingDocument, markup: Markup): string {
  const { title, against, operations, cells, hierarchy, order } = document;
  const { heading, list, table, code, name } = markup === 'markdown' ? MARKDOWN : RST;
  const parts: string[] = [heading(title, 1)];
  if (against !== null) {
    const contradictions = [
      ...cells.filter(({ verdict }) => verdict === 'contradicts').map((cell) => cellWords(cell, name)),
      ...(order === null ? [] : contradictedBy(order).map((edge) => edgeWords(edge, name))),
      ...(order?.selfContradictions ?? []).map(
        ({ classes }) =>
          `The document contradicts itself: ${[...classes, classes[0]!].map((part) => name(printable(part))).join(' < ')}`,
      ),
    ];
    parts.push(heading(`Contradictions with ${against}`, 2));
    parts.push(contradictions.length === 0 ? 'None.' : list(contradictions));
  }
  if (operations.length > 0) {
    parts.push(heading('Locks held when operations are called', 2));
    parts.push(table(['operation', ...LOCKS.map((lock) => `${lock}`), 'calls'], operations.map(tableRow)));
    const count = (wanted: string): number => cells.filter(({ verdict }) => verdict === wanted).length;
    parts.push(
      `Of the cells of ${against}: ${count('agrees')} agree, ${count('contradicts')} contradict, ${count('not observed')} not observed, ${count('not stated')} state nothing.`,
    );
  }
  parts.push(heading('Lock order', 2));
  parts.push(hierarchy.length === 0 ? 'No lock was taken under another.' : code(commentText(hierarchy)));
  if (order !== null) {
    const ranked = (wanted: string): number => order.learned.filter(({ rank }) => rank === wanted).length;
    parts.push(
      `${plural(order.learned.length, 'dependency', 'dependencies')} learned: ${ranked('agrees')} agree, ${ranked('contradicts')} contradict, ${ranked('unordered')} unordered.`,
    );
    const unseen = order.edges.filter(({ verdict }) => verdict === 'never seen');
    if (unseen.length > 0) {
      parts.push(heading('Documented, not observed', 2));
      parts.push(
        list(
          unseen.map(
            ({ outer, inner, where }) => `${name(printable(outer))} < ${name(printable(inner))}: ${printable(where)}`,
          ),
        ),
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
}

const LOCKS = ['folio_lock', 'i_rwsem', 'invalidate_lock', 'mmap_lock', 's_umount'] as const;

function tableRow({ operation, entry, exit, calls }: ObservedOperation): string[] {
  const cells = LOCKS.map((lock) => {
    const held = entry[lock];
    const left = lock === 'folio_lock' ? exit[lock] : undefined;
    const words = [held === undefined ? '' : often(held)];
    if (left !== undefined && (held === undefined || left.none > 0 !== held.none > 0)) words.push(atEnd(left));
    return words.filter((word) => word !== '').join(', ');
  });
  return [operation, ...cells, `${calls}`];
}

function atEnd({ exclusive, none }: LockTally): string {
  if (exclusive === 0) return 'unlocks';
  return none === 0 ? 'locks' : 'may lock';
}

/** `exclusive`, `no`, or `shared (sometimes exclusive)`: most calls first. */
function often(tally: LockTally): string {
  const modes = (['exclusive', 'shared', 'none'] as const)
    .filter((mode) => tally[mode] > 0)
    .toSorted((a, b) => tally[b] - tally[a])
    .map((mode) => (mode === 'none' ? 'no' : mode));
  const [most = '', ...others] = modes;
  return others.length === 0 ? most : `${most} (sometimes ${others.join(', ')})`;
}

const WHEN = { entry: 'when called', exit: 'when done', takes: 'taken inside' } as const;

function cellWords(
  { operation, lock, when, documented, against }: ComparedCell,
  name: (text: string) => string,
): string {
  const seen = against.map(({ mode, calls, evidence }) => {
    const how =
      evidence === null
        ? ''
        : ` (first in "${evidence.program}"${seedWords(evidence.seed)}: ${name(evidence.path.join(' > '))})`;
    return `${mode === 'none' ? 'not held' : `held ${mode}`} in ${plural(calls, 'call')}${how}`;
  });
  return `${name(operation)}, ${name(lock)} ${WHEN[when]}: documented "${documented}", ${seen.join('; ')}`;
}

const seedWords = (seed: number | null): string => (seed === null ? '' : `, seed ${seed}`);

/** Dependencies that the document has the other way round. */
function contradictedBy({ learned }: Pick<OrderCheck, 'learned'>): SavedDependency[] {
  return learned.filter(({ rank }) => rank === 'contradicts').map(({ dependency }) => dependency);
}

function edgeWords({ from, to, sightings }: SavedDependency, name: (text: string) => string): string {
  const { run, outer, inner } = sightings[0]!;
  const places = outer === '' && inner === '' ? '' : `: ${printable(outer || '?')} > ${printable(inner || '?')}`;
  return `${name(printable(to))} taken under ${name(printable(from))}, against the documented order (first in "${printable(run)}"${places})`;
}

interface Markers {
  heading(text: string, level: 1 | 2): string;
  list(items: readonly string[]): string;
  table(head: readonly string[], rows: readonly (readonly string[])[]): string;
  code(text: string): string;
  name(text: string): string;
}

const MARKDOWN: Markers = {
  heading: (text, level) => `${'#'.repeat(level)} ${text}`,
  list: (items) => items.map((item) => `- ${item}`).join('\n'),
  table: (head, rows) => {
    const lines = [head, head.map(() => '---'), ...rows];
    return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  },
  code: (text) => `\`\`\`c\n${text}\n\`\`\``,
  name: (text) => `\`${text}\``,
};

/** Simple tables, as locking.rst has them. */
const RST: Markers = {
  heading: (text, level) => `${text}\n${(level === 1 ? '=' : '-').repeat(text.length)}`,
  list: (items) => items.map((item) => `* ${item}`).join('\n'),
  table: (head, rows) => {
    const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]!.length)));
    const rule = widths.map((width) => '='.repeat(width)).join(' ');
    // An empty first cell would continue the row above; operations are never empty.
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join(' ')
        .trimEnd();
    return [rule, line(head), rule, ...rows.map(line), rule].join('\n');
  },
  code: (text) =>
    `::\n\n${text
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')}`,
  name: (text) => `\`\`${text}\`\``,
};
