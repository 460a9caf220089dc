/** `lockdep explain`: the page of a rule. */
import { rules, VERDICTS } from '@lockdep/core';
import { cures, ruleKinds, rulePage } from '@lockdep/report';
import { didYouMean } from '../closest.ts';
import { type Command, exitStatus } from '../command.ts';
import { PLAIN_FORMATS } from '../formats.ts';
import { markdownInColor } from '../markdown-in-color.ts';
import { oneOf, parseOptions } from '../options.ts';
import { UsageError } from '../usage-error.ts';

const options = {
  format: { type: 'string', values: PLAIN_FORMATS, default: 'pretty' },
  json: { type: 'boolean', default: false },
} as const;

export const explain: Command = {
  options,
  arguments: 'rules',
  help: `Usage: lockdep explain [RULE...] [options]

Prints the page of a rule: what it means, an example that breaks it, the usual cures, how to silence it with a reason. RULE is
an id (LD2) or a kind of report (circular); a verdict (refuted) is explained with the rule it is about. Without one, lists
the rules.

  --format FORMAT   pretty (default) or json
  --json            one JSON document on standard output: {"rules":[{"id","kind","level","title","rule","cures","page"}]}

Exit status: 0, 2 unknown rule, 3 internal error.

Examples:
  lockdep explain
  lockdep explain LD2
  lockdep explain held-at-exit
  lockdep explain unconfirmed
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('explain', args, options);
    const json = oneOf('format', values.format, PLAIN_FORMATS) === 'json' || values.json;
    const kinds = positionals.length === 0 ? ruleKinds : positionals.map(kindOf);
    if (json) {
      const list = kinds.map((kind) => ({ ...rules[kind], kind, ...cures[kind], page: rulePage(kind) }));
      output.write(`${JSON.stringify({ rules: list })}\n`);
    } else if (positionals.length === 0) {
      const lines = kinds.map((kind) => `  ${rules[kind].id.padEnd(5)} ${kind.padEnd(21)} ${rules[kind].title}`);
      output.write(`${lines.join('\n')}\n\nlockdep explain RULE prints the page of one.\n`);
    } else {
      const color = output.writeColor ?? output.writeIsTerminal;
      const pages = kinds.map(rulePage);
      output.write((color ? pages.map(markdownInColor) : pages).join('\n'));
    }
    return exitStatus.clean;
  },
};

/** @throws UsageError with the rule that may have been meant. */
function kindOf(name: string): (typeof ruleKinds)[number] {
  const wanted = name.toLowerCase();
  const found = ruleKinds.find((kind) => kind === wanted || rules[kind].id.toLowerCase() === wanted);
  if (found !== undefined) return found;
  if (VERDICTS.some((verdict) => verdict === wanted)) return 'circular';
  const known = [...ruleKinds, ...ruleKinds.map((kind) => rules[kind].id), ...VERDICTS];
  throw new UsageError(`no rule '${name}'${didYouMean(name, known)}`, '`lockdep explain` lists the rules');
}
