/**
 * What was found and learned, in the formats that people and other tools take: one function for all commands. Files are named
 * relative to the working directory, and source is quoted only from below it: a trace may name any file.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { DirectedGraph } from 'graphology';
import { viewAround } from './around.ts';
import type { Findings } from './findings.ts';
import type { ViewName } from './formats.ts';
import { version } from './version.ts';

/** Renders one format; `focus` are the classes to which a picture is restricted. Without a graph, a picture is of nothing. */
export async function renderView(
  name: ViewName,
  { graph: known, reports, title, statistics = [], heldLocks = [], seenIn = new Map() }: Findings,
  { focus }: { readonly focus?: readonly string[] } = {},
): Promise<string> {
  const root = process.cwd();
  const whole = known ?? new DirectedGraph();
  // The picture chooses for itself what is near; elsewhere the rest is left out.
  const picture = { reports, ...(focus === undefined ? {} : { focus }) };
  const graph = focus === undefined ? whole : viewAround(whole, focus);
  switch (name) {
    case 'json':
      return toJson(reports);
    case 'dot':
      return renderDot(whole, picture);
    case 'svg':
      return renderSvg(renderDot(whole, picture));
    case 'mermaid':
      return renderMermaid(graph, { reports });
    case 'graphml':
      return renderGraphml(graph, { reports, root });
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
        ...(statistics.length === 0 ? {} : { statistics }),
        ...(heldLocks.length === 0 ? {} : { heldLocks }),
        graph,
        reports,
        seenIn,
        title,
        root,
        readSource: sourceBelow(root),
      });
  }
}

/** A source file is never that large; a bundle may be, and its frames help nobody. */
const SOURCE_LIMIT = 1024 * 1024;

/** Reads source files of a folder, and of nothing else. */
export function sourceBelow(root: string): (file: string) => string | undefined {
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
