/**
 * Reports as Markdown for issues, pull requests and files: what, why, a table with a column per task, the usual cures, and the
 * full text folded away. Names are escaped, so a lock called `<b>` or `a|b` shows as just that.
 */
import type { Report, Verdict } from '@lockdep/core';
import { cures } from '../cures.ts';
import { diagramLines, replayLines, scheduleTitle, verdictOf } from '../story/proof.ts';
import { reportHeading } from '../story/report-heading.ts';
import { type StoryStep, taskStories } from '../story/task-story.ts';
import { placeText } from '../text/notation.ts';
import { renderText, reportTitle } from '../text/render-text.ts';
import { type TextOptions, textStyle } from '../text/text-style.ts';
import { codeBlock, codeSpan, markdownText, tableCell } from './markdown-text.ts';

/** Renders a report, or several one after the other; without any, a sentence that says so. */
export function renderMarkdown(reports: Report | readonly Report[], options: Omit<TextOptions, 'color'> = {}): string {
  const all: readonly Report[] = 'kind' in reports ? [reports] : reports;
  if (all.length === 0) return 'Nothing reported.\n';
  return all.map((report) => one(report, options)).join('\n');
}

function one(report: Report, options: Omit<TextOptions, 'color'>): string {
  const { rule, cures: usual } = cures[report.kind];
  const seen = report.count === 1 ? 'once' : `${report.count} times`;
  const sure = verdictOf(report);
  const verdict = sure === null ? '' : `\n${verdictParagraphs(sure)}`;
  return `### ${markdownText(reportHeading(report))}

**${markdownText(reportTitle(report))}** (${report.level}, seen ${seen})

${markdownText(report.message)}
${verdict}
${storyTable(report, options)}
Rule ${markdownText(report.rule)}: ${markdownText(rule)}

${usual.map((cure) => `- ${markdownText(cure)}\n`).join('')}
<details><summary>The whole report</summary>

${codeBlock(renderText(report, options).trimStart(), 'text')}
</details>

Fingerprint ${codeSpan(report.fingerprint)}
`;
}

function verdictParagraphs({ kind, reason, closest, schedule }: Verdict): string {
  const line = `Verdict: **${kind}**, ${markdownText(reason)}.\n`;
  if (closest !== undefined) return `${line}\nClosest: ${markdownText(closest)}\n`;
  if (schedule === undefined) return line;
  const diagram = codeBlock(diagramLines(schedule).join('\n'), 'text');
  return `${line}\n${scheduleTitle(schedule)}:\n\n${diagram}\nTo repeat it, with @lockdep/simulator:\n\n${codeBlock(replayLines(schedule).join('\n'), 'ts')}`;
}

function storyTable(report: Report, options: Omit<TextOptions, 'color'>): string {
  const style = textStyle(options);
  const stories = taskStories(report);
  const cell = (step: StoryStep): string => {
    const text = tableCell(step.text);
    return `${step.isCulprit ? `**${text}**` : text}<br>${codeSpan(placeText(step.site, style))}`;
  };
  const rows = Math.max(...stories.map((story) => story.steps.length));
  const lines = [
    stories.map((story) => tableCell(story.name) + (story.isNew ? ' (new)' : '')),
    stories.map(() => '---'),
    ...Array.from({ length: rows }, (_, row) =>
      stories.map((story) => (story.steps[row] === undefined ? '' : cell(story.steps[row]))),
    ),
  ];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}
