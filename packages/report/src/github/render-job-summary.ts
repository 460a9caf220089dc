/** Reports as the Markdown that a GitHub job appends to `$GITHUB_STEP_SUMMARY`: counts, a table, and each report folded. */
import type { Level, Report } from '@lockdep/core';
import { codeSpan, tableCell } from '../markdown/markdown-text.ts';
import { renderMarkdown } from '../markdown/render-markdown.ts';
import { reportHeading } from '../story/report-heading.ts';
import { sourcePlace } from '../story/source-place.ts';
import { taskStories } from '../story/task-story.ts';
import { placeText } from '../text/notation.ts';
import { textStyle } from '../text/text-style.ts';
import type { GithubOptions } from './render-github-annotations.ts';

/** GitHub refuses a summary above 1 MiB; what is over half of that is only counted. */
const SIZE_LIMIT = 512 * 1024;
const LEVELS: readonly Level[] = ['error', 'warning', 'note'];

/** Renders the summary, ending with a newline. */
export function renderJobSummary(reports: readonly Report[], options: GithubOptions = {}): string {
  if (reports.length === 0) return '## Lock order\n\nNothing reported.\n';
  const counts = LEVELS.map((level) => ({ level, count: reports.filter((report) => report.level === level).length }))
    .filter(({ count }) => count > 0)
    .map(({ level, count }) => `${count} ${level}${count === 1 ? '' : 's'}`);
  const rows = reports.map((report) => row(report, options));
  let text = `## Lock order: ${counts.join(', ')}\n\n| level | report | seen | where |\n| --- | --- | --: | --- |\n`;
  let left = reports.length;
  for (const line of rows) {
    if (text.length + line.length > SIZE_LIMIT / 2) break;
    text += line;
    left -= 1;
  }
  if (left > 0) text += `\n${left} more are not shown.\n`;
  for (const report of reports) {
    const details = `\n<details><summary>${tableCell(reportHeading(report))}</summary>\n\n${renderMarkdown(report, options)}\n</details>\n`;
    if (text.length + details.length > SIZE_LIMIT) break;
    text += details;
  }
  return text;
}

function row(report: Report, options: GithubOptions): string {
  const style = textStyle(options);
  const site = taskStories(report)[0]?.steps.find((step) => step.isCulprit)?.site ?? report.site;
  const place = sourcePlace(site, style.root);
  const where = place === null ? placeText(site, style) : `${place.path}${place.line === null ? '' : `:${place.line}`}`;
  return `| ${report.level} | ${tableCell(reportHeading(report))} | ${report.count} | ${codeSpan(where)} |\n`;
}
