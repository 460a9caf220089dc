/** A real browser for the page: Debian's Chromium, or the one that CHROMIUM names. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const candidates = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Its program; undefined where there is none. */
export const executable: string | undefined = candidates.find((path) => path !== undefined && existsSync(path));

export const NO_BROWSER =
  'no Chromium here: install the package `chromium`, or name one in the environment variable CHROMIUM';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'].concat([
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]);

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable!, args: ARGS });
}

/** Milliseconds from the navigation to the first thing that was painted. */
export async function firstPaint(page: Page): Promise<number> {
  const time = await page.evaluate(
    `new Promise((resolve) => {
      const done = (list) => list.getEntriesByName('first-contentful-paint').forEach((entry) => resolve(entry.startTime));
      new PerformanceObserver(done).observe({ type: 'paint', buffered: true });
    })`,
  );
  return Number(time);
}
