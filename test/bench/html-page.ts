/**
 * The HTML page of a large order: making it, its size, and how long a browser takes to show its first view. Wall clock for the
 * browser, since its work is spread over processes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HtmlInput, renderHtml } from '@lockdep/report';
import { executable, firstPaint, launch, NO_BROWSER } from '../../packages/report/test/browser.ts';
import { examplePage, layered } from '../../packages/report/test/example-page.ts';
import { circular } from '../../packages/report/test/example-reports.ts';
import { interleavedAsync, median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const section = 'HTML page';
const ROUNDS = 7;

async function paint(page: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lockdep-page-'));
  const file = join(folder, 'page.html');
  writeFileSync(file, page);
  const browser = await launch();
  try {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const view = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await view.goto(pathToFileURL(file).href);
      times.push(await firstPaint(view));
      await view.close();
    }
    return median(times);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

async function measure(): Promise<Row[]> {
  const inputs: Readonly<Record<string, HtmlInput>> = {
    '30 classes, statistics, 5 reports': examplePage(),
    '2,000 classes, 1 report': {
      title: 'large',
      graph: layered(2000),
      reports: [circular(['&layer3->lock_15', '&layer1->lock_5'])],
    },
  };
  const rows: Row[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const page = await renderHtml(input);
    const make = async (): Promise<void> => void (await renderHtml(input));
    const times = await interleavedAsync({ make }, { rounds: 5, warmUp: 1 });
    rows.push({ section, name: `${name}: made in`, value: times.make.median / 1e6, unit: 'ms' });
    rows.push({ section, name: `${name}: size`, value: Buffer.byteLength(page) / 1000, unit: 'kB' });
    const shown = `${name}: first view in a browser`;
    if (executable === undefined) rows.push({ section, name: shown, value: 0, unit: 'ms', skipped: NO_BROWSER });
    else rows.push({ section, name: shown, value: await paint(page), unit: 'ms' });
  }
  return rows;
}

if (import.meta.main) giveRows(await measure());
