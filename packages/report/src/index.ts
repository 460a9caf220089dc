export { type Cure, cures } from './cures.ts';
export { type GithubOptions, renderGithubAnnotations } from './github/render-github-annotations.ts';
export { renderJobSummary } from './github/render-job-summary.ts';
export { baseName } from './graph/hierarchy.ts';
export { reportClasses } from './graph/neighbourhood.ts';
export { orderGraph, type PlainClass, type PlainDependency } from './graph/order-graph.ts';
export { type GraphmlOptions, renderGraphml } from './graph-formats/render-graphml.ts';
export { type MermaidOptions, renderMermaid } from './graph-formats/render-mermaid.ts';
export { type HtmlInput, renderHtml } from './html/render-html.ts';
export { renderMarkdown } from './markdown/render-markdown.ts';
export { type DotOptions, FULL_LIMIT, renderDot } from './render-dot.ts';
export { RenderError } from './render-error.ts';
export { renderHeldLocks, type TaskLocks } from './render-held-locks.ts';
export { type LockStatRow, renderLockStat, type TimeStat } from './render-lock-stat.ts';
export { renderSarif, type SarifOptions } from './render-sarif.ts';
export { type ContextUsageStats, renderStats, type StatsTable } from './render-stats.ts';
export { renderSummary, type SummaryOptions } from './render-summary.ts';
export { renderSvg } from './render-svg.ts';
export { type ReportDocument, reportDocument, toJson } from './report-document.ts';
export { ruleKinds, rulePage } from './rule-pages.ts';
export { reportHeading } from './story/report-heading.ts';
export {
  type FinalWait,
  type HeldLock,
  type Moment,
  moments,
  type Schedule,
  type TaskState,
} from './story/schedule.ts';
export { type StoryStep, type TaskStory, taskStories } from './story/task-story.ts';
export { printable } from './text/printable.ts';
export { renderText, reportTitle } from './text/render-text.ts';
export type { TextOptions } from './text/text-style.ts';
