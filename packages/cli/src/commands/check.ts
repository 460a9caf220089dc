/** `lockdep check`: runs conformance cases and compares each with its expected report. */
import { type Command, exitStatus, type Output } from '../command.ts';
import type { ConformanceCase } from '../conformance/conformance-case.ts';
import { type Disagreement, judgeCase, type Level } from '../conformance/judge-case.ts';
import { readCases } from '../conformance/read-cases.ts';
import { CaseError } from '../conformance/run-case.ts';
import { oneOf, parseOptions } from '../options.ts';
import { UsageError } from '../usage-error.ts';

interface FileVerdict {
  readonly file: string;
  readonly total: number;
  readonly agreed: number;
  readonly unsupported: readonly string[];
  readonly disagreed: readonly Disagreement[];
}

export const check: Command = {
  name: 'check',
  summary: 'run conformance cases and compare what is reported',
  help: `Usage: lockdep check CASES.json... [options]

Runs every case of the files on a fresh validator, up to its first report, and compares kind, step and details.

  --level LEVEL   auto    each case in ideal mode where the recorded kernel's answer is known to be
                          wrong, in kernel mode elsewhere (default)
                  ideal   every case in ideal mode; kernel: every case in kernel mode
  --json          one JSON document on standard output:
                  {"files":[{"file","total","agreed","unsupported","disagreed":[{"id","expected","got","step"}]}]}

Exit status: 0 all agree, 1 some disagree, 2 a file cannot be used, 3 internal error.

Examples:
  lockdep check cases.json
  lockdep check --json cases.json more.json | jq '.files[].agreed'
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('check', args, {
      level: { type: 'string', default: 'auto' },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length === 0) throw new UsageError('check: no case file given', 'see `lockdep check --help`');
    const level = oneOf('level', values.level, ['auto', 'ideal', 'kernel']);
    const files: FileVerdict[] = [];
    for (const file of positionals) files.push(await checkFile(file, level));
    if (values.json) output.write(`${JSON.stringify({ files })}\n`);
    else for (const verdict of files) print(verdict, output);
    return files.some((verdict) => verdict.disagreed.length > 0) ? exitStatus.findings : exitStatus.clean;
  },
};

async function checkFile(file: string, level: Level): Promise<FileVerdict> {
  const cases = await readCases(file);
  const disagreed = cases.map((test) => judgeIn(file, test, level)).filter((verdict) => verdict !== null);
  return { file, total: cases.length, agreed: cases.length - disagreed.length, unsupported: [], disagreed };
}

/** @throws CaseError that names the file too. */
function judgeIn(file: string, test: ConformanceCase, level: Level): Disagreement | null {
  try {
    return judgeCase(test, level);
  } catch (error) {
    throw error instanceof CaseError ? new CaseError(`${file}: ${error.message}`) : error;
  }
}

function print({ file, total, agreed, disagreed }: FileVerdict, output: Output): void {
  output.write(`${file}: ${agreed} of ${total} agree\n`);
  for (const { id, expected, got } of disagreed)
    output.write(`  ${id}\n    expected ${expected}\n    got      ${got}\n`);
}
