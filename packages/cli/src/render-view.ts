/**
 * What a validator found and learned, in the formats that people and other tools take: one function for all commands. Files
 * are named relative to the working directory, and source is quoted only from below it: a trace may name any file.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report, Validator } from '@lockdep/core';
import {
  renderDot,
  renderGithubAnnotations,
  renderGraphml,
  renderHtml,
  renderJobSummary,
  renderMarkdown,
  renderMermaid,
  renderSarif,
  renderSvg,
  toJson,
} from '@lockdep/report';
import { version } from './version.ts';

/** The formats, but for text, which each command writes in its own way. */
export const VIEWS = [
  'json',
  'dot',
  'svg',
  'html',
  'sarif',
  'github',
  'github-summary',
  'markdown',
  'mermaid',
  'graphml',
] as const;

export type ViewName = (typeof VIEWS)[number];

/** What {@link renderView} shows. */
export interface View {
  readonly validator: Validator;
  readonly reports: readonly Report[];
  /** The page's title. */
  readonly title: string;
  /** Classes to which a picture is restricted. */
  readonly focus?: readonly string[];
}

/** Renders one format. */
export async function renderView(name: ViewName, { validator, reports, title, focus }: View): Promise<string> {
  const root = process.cwd();
  const picture = { reports, ...(focus === undefined ? {} : { focus }) };
  switch (name) {
    case 'json':
      return toJson(reports);
    case 'dot':
      return renderDot(validator.graph(), picture);
    case 'svg':
      return renderSvg(renderDot(validator.graph(), picture));
    case 'mermaid':
      return renderMermaid(validator.graph(), { reports });
    case 'graphml':
      return renderGraphml(validator.graph(), { reports, root });
    case 'sarif':
      return renderSarif(reports, { root, version });
    case 'github':
      return renderGithubAnnotations(reports, { root });
    case 'github-summary':
      return renderJobSummary(reports, { root });
    case 'markdown':
      return renderMarkdown(reports, { root });
    case 'html':
      return renderHtml({
        ...page(validator),
        graph: validator.graph(),
        reports,
        title,
        root,
        readSource: sourceBelow(root),
      });
  }
}

/** Sections that would be empty are left out. */
function page(validator: Validator): object {
  const statistics = validator.lockStat();
  const heldLocks = validator.heldLocks();
  return { ...(statistics.length === 0 ? {} : { statistics }), ...(heldLocks.length === 0 ? {} : { heldLocks }) };
}

/** A source file is never that large; a bundle may be, and its frames help nobody. */
const SOURCE_LIMIT = 1024 * 1024;

function sourceBelow(root: string): (file: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const read = (file: string): string | undefined => {
    try {
      // The real path: neither `..` nor a link leads out of the folder.
      const path = realpathSync(file.startsWith('file://') ? fileURLToPath(file) : file);
      if (!path.startsWith(realpathSync(root) + sep)) return undefined;
      const { size } = statSync(path);
      return size > SOURCE_LIMIT ? undefined : readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  };
  return (file) => {
    if (!known.has(file)) known.set(file, read(file));
    return known.get(file);
  };
}
