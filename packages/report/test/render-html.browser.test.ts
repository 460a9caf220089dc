/** The page in a real browser. Without one these tests are skipped, and say so. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HtmlInput, renderHtml } from '@lockdep/report';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executable, firstPaint, launch, NO_BROWSER } from './browser.ts';
import { graphOf } from './example-graphs.ts';
import { examplePage, layered } from './example-page.ts';
import { circular, examples, proof } from './example-reports.ts';

if (executable === undefined) console.warn(`The HTML page was not tested in a browser: ${NO_BROWSER}.`);

let browser: Browser;
let folder: string;
const complaints: string[] = [];

beforeAll(async () => {
  if (executable === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'lockdep-html-'));
  browser = await launch();
}, 60_000);

afterAll(async () => {
  if (executable === undefined) return;
  await browser.close();
  await rm(folder, { recursive: true });
});

interface View {
  readonly colorScheme?: 'dark' | 'light';
  readonly javaScriptEnabled?: boolean;
  readonly input?: HtmlInput;
}

/** Opens the page from disk; whatever it asks for besides itself, or says on the console, is a complaint. */
async function opened({ input = examplePage(), ...options }: View = {}): Promise<Page> {
  complaints.length = 0;
  const file = join(folder, 'page.html');
  await writeFile(file, await renderHtml(input));
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 }, ...options });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) complaints.push(`request of ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}

describe.skipIf(executable === undefined)(
  `the page in a browser${executable === undefined ? ` (${NO_BROWSER})` : ''}`,
  () => {
    test('a class and a dependency open on a click, and lead to each other; Escape closes', async () => {
      const page = await opened();
      const detail = page.locator('#detail');
      expect(await detail.isVisible()).toBe(false);
      await page.locator('svg .node', { hasText: 'lock_17' }).click();
      expect(await detail.locator('h2').textContent()).toBe('&layer3->lock_17');
      expect(await detail.textContent()).toContain('mutex, rank 3');
      await detail.locator('[data-edge]').first().click();
      expect(await detail.locator('h2').textContent()).toMatch(/^&layer3->lock_17 → |→ &layer3->lock_17$/);
      expect(await detail.locator('pre').count()).toBe(2);
      expect(await detail.locator('pre').last().textContent()).toMatch(/^\w+\+0x1\/0x2$/);
      expect(await page.locator('svg .edge.chosen').count()).toBe(1);
      const label = await page.locator('svg .edge.chosen').getAttribute('aria-label');
      expect(label).toBe(await detail.locator('h2').textContent());
      await page.keyboard.press('Escape');
      expect(await detail.isVisible()).toBe(false);
      await page.locator('.circle a').first().click();
      expect(await detail.textContent()).toContain('contradicts the order');
      expect(await detail.textContent()).toContain('modes EN,SR');
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('all by keyboard: search, open, zoom', async () => {
      const page = await opened();
      await page.keyboard.press('/');
      await page.keyboard.type('LOCK_12');
      expect(await page.locator('#found').textContent()).toBe('1 class');
      expect(await page.locator('svg .hit').count()).toBe(1);
      expect(await page.locator('#classes tbody tr:visible').count()).toBe(1);
      await page.locator('#tables summary').click();
      const operations = await page.locator('.operations tbody:visible').allTextContents();
      expect(operations.length).toBeGreaterThan(0);
      for (const operation of operations) expect(operation).toContain('lock_12');
      await page.locator('#search').focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('#detail h2').textContent()).toBe('&layer2->lock_12');
      await page.keyboard.press('Escape');
      const svg = page.locator('.picture svg').first();
      const box = () => svg.getAttribute('viewBox');
      const before = await box();
      await svg.locator('.node').first().focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('#detail').isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      await page.keyboard.press('+');
      expect(await box()).not.toBe(before);
      await page.keyboard.press('0');
      expect(await box()).toBe(before!.split(' ').map(Number).join(' '));
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('the picture zooms by its buttons and moves with the pointer, without opening anything', async () => {
      const page = await opened();
      const svg = page.locator('.picture svg').first();
      await page.locator('#graph').evaluate((section) => section.scrollIntoView());
      await page.locator('[data-zoom="in"]').click();
      const zoomed = (await svg.getAttribute('viewBox'))!.split(' ').map(Number);
      const at = (await svg.boundingBox())!;
      await page.mouse.move(at.x + 300, at.y + 200);
      await page.mouse.down();
      await page.mouse.move(at.x + 400, at.y + 250, { steps: 5 });
      await page.mouse.up();
      const moved = (await svg.getAttribute('viewBox'))!.split(' ').map(Number);
      expect(moved[0]!).toBeLessThan(zoomed[0]!);
      expect(moved[1]!).toBeLessThan(zoomed[1]!);
      expect(moved.slice(2)).toEqual(zoomed.slice(2));
      expect(await page.locator('#detail').isVisible()).toBe(false);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('the schedule is stepped through with the held locks of each task beside it', async () => {
      const page = await opened();
      const state = () => page.locator('.now .task').allInnerTexts();
      const words = async () => (await state()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
      expect(await words()).toEqual(['one a', 'two has not begun']);
      expect(await page.locator('.here .hit').textContent()).toMatch(/^2\s*await inode\.pages\.acquire\(\);\s*$/);
      await page.locator('[data-move="1"]').click();
      expect(await words()).toEqual(['one a', 'two c (read)']);
      expect(await page.locator('.here').textContent()).toBe('');
      await page.locator('[data-move="1"]').click();
      expect(await words()).toEqual(['one a waits for b', 'two c (read) b waits for a']);
      await page.locator('[data-move="last"]').click();
      await page.locator('[data-move="1"]').click();
      expect(await page.locator('.schedule output').textContent()).toBe('step 5 of 5');
      await page.locator('.schedule tbody tr').nth(1).click();
      expect(await words()).toEqual(['one a', 'two c (read)']);
      await page.locator('.schedule').focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('.schedule output').textContent()).toBe('step 3 of 5');
      await page.keyboard.press('Home');
      expect(await words()).toEqual(['one a', 'two has not begun']);
      await page.keyboard.press('End');
      expect(await page.locator('tr.current').textContent()).toContain('stuck: lock a');
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('a confirmed report is stepped through within its story; a refuted one stays folded', async () => {
      const reports = [examples['circular-confirmed']!, examples['circular-refuted']!];
      const graph = graphOf([
        ['lab_a', 'lab_b'],
        ['lab_b', 'lab_a', { back: true }],
      ]);
      const page = await opened({ input: { title: 'proved', graph, reports } });
      const schedule = page.locator('#report-1 .schedule');
      const words = async () =>
        (await schedule.locator('.now .task').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
      expect(await page.locator('#report-1 .sure.confirmed').isVisible()).toBe(true);
      expect(await schedule.locator('tbody tr').count()).toBe(5);
      expect(await words()).toEqual(['task-0 lab_b', 'task-1 has not begun']);
      await schedule.locator('[data-move="1"]').click();
      await schedule.locator('[data-move="1"]').click();
      expect(await words()).toEqual(['task-0 lab_b waits for lab_a', 'task-1 other (read) lab_a waits for lab_b']);
      await schedule.locator('[data-move="last"]').click();
      expect(await schedule.locator('tr.current').textContent()).toContain('stuck: lock lab_b');
      expect(await schedule.locator('details pre').textContent()).toBe(proof.literal);
      expect(await page.locator('#report-2 .message').isVisible()).toBe(false);
      expect(await page.locator('#report-2 > summary').textContent()).toContain('refuted');
      await page.locator('#report-2 > summary').click();
      expect(await page.locator('#report-2 .sure.refuted').isVisible()).toBe(true);
      expect(await page.locator('#report-2 .schedule').count()).toBe(0);
      expect(await page.evaluate(CONTRAST)).toEqual([]);
      // The search finds the story by its own words, and what is in it stays in it.
      await page.locator('#search').fill('lab_a');
      expect(await schedule.isVisible()).toBe(true);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('tables sort by number and back', async () => {
      const page = await opened();
      const head = page.locator('#statistics thead button', { hasText: 'acquisitions' });
      const column = async () =>
        (await page.locator('#statistics tbody td:nth-child(6)').allTextContents()).map(Number);
      await head.click();
      expect(await column()).toEqual((await column()).toSorted((a, b) => a - b));
      await head.click();
      expect((await column())[0]).toBe(2900);
      await page.close();
    });

    test.each(['dark', 'light'] as const)('%s: text stands out from what is behind it', async (colorScheme) => {
      const page = await opened({ colorScheme });
      const low = await page.evaluate(CONTRAST);
      expect(low).toEqual([]);
      await page.close();
    });

    test('without scripts everything can be read', async () => {
      const page = await opened({ javaScriptEnabled: false });
      expect(await page.locator('.picture svg').isVisible()).toBe(true);
      expect(await page.locator('.tools:visible').count()).toBe(0);
      expect(await page.locator('.schedule tbody tr:visible').count()).toBe(5);
      expect(await page.locator('.schedule tbody tr').nth(2).textContent()).toContain('c (read), b waits for a');
      expect(await page.locator('.square td.back:visible').textContent()).toBe('E Sr');
      const table = page.locator('#dependencies details');
      await table.locator('summary').click();
      expect(await table.locator('tbody tr:visible').count()).toBe(64);
      await page.close();
    });

    test('on paper there are no controls, and pictures are whole', async () => {
      const page = await opened();
      const svg = page.locator('.picture svg');
      const whole = await svg.getAttribute('viewBox');
      await page.locator('[data-zoom="in"]').click();
      const zoomed = await svg.getAttribute('viewBox');
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      expect(await svg.getAttribute('viewBox')).toBe(whole!.split(' ').map(Number).join(' '));
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      expect(await svg.getAttribute('viewBox')).toBe(zoomed);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('button:visible').count()).toBe(await page.locator('thead button:visible').count());
      expect(await page.locator('nav:visible, #detail:visible').count()).toBe(0);
      expect(await page.locator('.picture svg').isVisible()).toBe(true);
      await page.close();
    });

    test('a picture far larger than the page opens at a size that can be read, and moves to what is chosen', async () => {
      const wide = graphOf(Array.from({ length: 55 }, (_, index) => ['outer', `inner lock number ${index}`] as const));
      wide.addNode('z', { name: 'z' });
      wide.addDirectedEdge('z', 'outer', {});
      const page = await opened({ input: { title: 'wide', graph: wide, reports: [] } });
      const svg = page.locator('.picture svg');
      const size = await svg
        .locator('.node text')
        .first()
        .evaluate((text) => (text as unknown as { getScreenCTM(): { a: number } }).getScreenCTM().a * 12);
      expect(size).toBeGreaterThan(8);
      expect((await svg.boundingBox())!.height).toBeGreaterThan(150);
      await page.locator('#classes summary').click();
      await page.locator('#classes a', { hasText: 'number 54' }).click();
      expect(await svg.locator('.chosen').isVisible()).toBe(true);
      const [chosen, canvas] = [(await svg.locator('.chosen').boundingBox())!, (await svg.boundingBox())!];
      expect(chosen.x).toBeGreaterThan(canvas.x);
      expect(chosen.x + chosen.width).toBeLessThan(canvas.x + canvas.width);
      await page.locator('[data-zoom="all"]').click();
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('2,000 classes show their first view within two seconds', async () => {
      const reports = [circular(['&layer3->lock_15', '&layer1->lock_5'])];
      const page = await opened({ input: { title: 'large', graph: layered(2000), reports } });
      expect(await firstPaint(page)).toBeLessThan(2000);
      await page.locator('svg [data-class]').first().click();
      expect(await page.locator('#detail').isVisible()).toBe(true);
      expect(complaints).toEqual([]);
      await page.close();
    }, 60_000);
  },
);

/** In the page: elements with text of their own whose colour has a contrast below 4.5 to the nearest background. */
const CONTRAST = `(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((one) => one / 255).map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('svg, script') !== null || element.checkVisibility() === false) continue;
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) low.push(element.tagName + '.' + element.className + ' ' + contrast.toFixed(2));
  }
  return low;
})()`;
