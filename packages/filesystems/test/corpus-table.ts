/** CORPUS.md: counts by kind and by how a bug is reproduced, then each bug. */
import { bugs, type CorpusBug, fixes } from './corpus.ts';
import { type Coverage, coverageOf, inEngine, NOT_REPRODUCED, SCENARIOS } from './corpus-coverage.ts';

const ALL: readonly Coverage[] = ['engine and locks', 'engine', 'locks', 'classes only', 'not reproduced'];
const COLUMNS = ALL.filter((column) => bugs.some((bug) => coverageOf(bug) === column));

const READERS = Object.keys(fixes)
  .filter((id) => fixes[id]!.writer !== undefined)
  .join(', ');

const REST = COLUMNS.includes('not reproduced')
  ? '\n- _not reproduced_: neither; the reason is in the last table.'
  : '';

const INTRODUCTION = `# The corpus of bugs

[\`corpus/bugs.json\`](corpus/bugs.json): ${bugs.length} bugs of locking in the page cache and the VFS of Linux, collected from kernel commit messages, mailing-list
threads and lockdep reports, which each entry names. This file is made, and checked, by \`test/corpus.test.ts\`.

- _engine_: the file systems of this package have the bug with its switch on, found by exploration, and not with it off.
- _locks_: the steps of the entry about locks alone ([\`test/lock-program.ts\`](test/lock-program.ts)) run through the validator, which names
  the circle in a run where nobody waits, and through the simulator, which runs into it. As repaired
  ([\`corpus/fixes.json\`](corpus/fixes.json)) the validator is silent and all interleavings are clean.
- _classes only_: the circle is one of classes; the validator reports it, and no interleaving of the instances deadlocks. A false alarm in the
  kernel too: locks of one class that never meet.${REST}

Where the circle is one of readers (${READERS}) the report says \`readers-only\`, and indeed no interleaving deadlocks; with
one task that wants the lock exclusively it says \`possible\`, and exploration runs into it. Locks alone do not know what else keeps tasks
apart: the kernel has no inode left to evict when the freezer of PC-090 allocates. The circle of PC-096 is in the engine alone: a freezer shuts the
door before it waits at it, which is no step of locks. Of races and long waits the validator says nothing, rightly.
The repair of PC-030 that its thread rules out (i_rwsem in page_mkwrite) is reported, and deadlocks, as locks and in the engine; converting
in mmap, under mmap_lock alone, leaves the bug as it is.
`;

/** Columns padded, as the formatter has them. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]!.length)));
  const rule = widths.map((width) => '-'.repeat(width));
  lines.splice(1, 0, rule);
  return lines
    .map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
    .join('\n');
}

function counts(): string {
  const kinds = [...new Set(bugs.map(({ kind }) => kind))].sort();
  const line = (name: string, among: typeof bugs): (string | number)[] => [
    name,
    ...COLUMNS.map((column) => among.filter((bug) => coverageOf(bug) === column).length),
    among.length,
  ];
  const rows = kinds.map((kind) =>
    line(
      kind,
      bugs.filter((bug) => bug.kind === kind),
    ),
  );
  return table(['kind', ...COLUMNS, 'all'], [...rows, line('all', bugs)]);
}

const reason = ({ id, title, kind }: CorpusBug): string[] => [id, title, kind, NOT_REPRODUCED[id] ?? '?'];

export function corpusTable(): string {
  const reproduced = bugs.filter((bug) => coverageOf(bug) !== 'not reproduced');
  const rows = reproduced.map((bug) => {
    const { id, title, kind } = bug;
    const scenario = SCENARIOS[id];
    const engine = scenario !== undefined ? `scenario ${scenario.id}` : bug.switch === undefined ? '' : bug.switch;
    return [id, title, kind, coverageOf(bug), inEngine(bug) ? engine : '', fixes[id]?.how ?? ''];
  });
  const rest = bugs.filter((bug) => !reproduced.includes(bug));
  return [
    INTRODUCTION,
    counts(),
    '\n## Reproduced\n',
    table(['', 'bug', 'kind', 'how', 'switch or scenario', 'repaired, as locks'], rows),
    ...(rest.length === 0 ? [] : ['\n## Not reproduced\n', table(['', 'bug', 'kind', 'reason'], rest.map(reason))]),
    '',
  ].join('\n');
}
