/** The run as one self-contained page that opens from disk: counts, inversions, reports, the order. No scripts, no network. */
import { inversionText } from './inversion-text.ts';
import { lockOrder } from './lock-order.ts';
import { reportText } from './report-text.ts';
import type { RunFindings } from './run-findings.ts';

const STYLE = `body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
pre { overflow-x: auto; border: 1px solid #8886; border-radius: 6px; padding: 1rem; font: 13px/1.45 ui-monospace, monospace }
summary { cursor: pointer }`;

export function runPage({ graph, reports, inversions }: RunFindings, root: string): string {
  const stories = inversions.map((inversion) =>
    section(inversion.classes.join(' \u2192 '), inversionText(inversion, root)),
  );
  const told = reports.map((report) => section(`${report.rule} ${report.message}`, reportText(report, root)));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lock order of the test run</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Lock order of the test run</h1>
<p>${graph.classes.length} classes, ${graph.dependencies.length} dependencies, ${reports.length} reports, ${inversions.length} inversions across tests.</p>
<h2>Inversions across tests</h2>
${stories.join('\n') || '<p>None.</p>'}
<h2>Reports</h2>
${told.join('\n') || '<p>None.</p>'}
<h2>The order</h2>
<pre>${escaped(String(lockOrder(graph)))}</pre>
</body>
</html>
`;
}

const section = (title: string, text: string): string =>
  `<details open><summary>${escaped(title)}</summary><pre>${escaped(text)}</pre></details>`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char]!);
}
