/** The reports in a real browser, which is looked for: see `helpers/browser.ts`. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { exampleRequest } from '../../../helpers/example-run.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { compareReport } from '../../../../src/pictures/report/compare-report.ts';
import { compareRuns } from '../../../../src/runs/compare.ts';
import { run } from '../../../../src/runs/run.ts';
import { sweepReport } from '../../../../src/runs/sweep/report.ts';
import { findBrowser, launch } from '../../../helpers/browser.ts';
import { results } from '../../runs/sweep/example-results.ts';

const path = findBrowser();
if (!path)
  console.warn('No Chromium found: the reports are not tried in a browser. ZOO_BROWSER may name one.');

(path ? describe : describe.skip)('a report in a browser', () => {
  let directory: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const at = (name: string) => join(directory, name);
  const open = (name: string) => page.goto(pathToFileURL(at(name)).href);

  beforeAll(async () => {
    await useBackend('cpu');
    directory = mkdtempSync(join(tmpdir(), 'zoo-browser-'));
    await run({ ...exampleRequest('adam'), out: directory });
    const comparison = await compareRuns([directory, directory]);
    writeFileSync(at('compare.html'), await compareReport(comparison, at('compare.html')));
    writeFileSync(at('sweep.html'), await sweepReport(results));
    browser = await launch(path!);
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await open('report.html');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true });
  });

  test('opens without complaint and without network', () => {
    expect(complaints).toEqual([]);
  });

  test('shows the figures of run.json', async () => {
    const recorded: unknown = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8'));
    const figures = await page.$$eval('data[data-figure]', (all) =>
      all.map((one) => ({
        path: one.getAttribute('data-figure')!,
        value: Number(one.getAttribute('value')),
        text: one.textContent ?? '',
      })),
    );
    expect(figures.length).toBeGreaterThan(40);
    for (const { path, value, text } of figures) {
      const inFile = path
        .split('.')
        .reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], recorded);
      expect({ path, value }).toEqual({ path, value: inFile });
      const [, digits, decimals = '', percent] = /^(-?\d+(?:\.(\d+))?(?:e[-+]\d+)?)( %)?$/.exec(text)!;
      const shown = Number(digits) / (percent ? 100 : 1);
      expect(Math.abs(shown - value)).toBeLessThanOrEqual(
        0.501 * 10 ** -decimals.length * (percent ? 0.01 : 1) + 1e-12,
      );
    }
  });

  test('draws every chart, tells values under the pointer and hides a series on request', async () => {
    const charts = page.locator('figure.chart');
    expect(await charts.count()).toBe(6);
    for (const chart of await charts.all()) {
      expect(await chart.locator('svg polyline').count()).toBeGreaterThan(0);
    }
    const loss = charts.first();
    await loss.scrollIntoViewIfNeeded();
    await loss.locator('svg').first().hover();
    expect(await loss.locator('svg').first().textContent()).toMatch(/epoch \d+training: \d\.\d+/);
    await loss.locator('button.series').click();
    expect(await loss.locator('svg polyline').count()).toBe(0);
    await loss.locator('button.series').click();
    await loss.locator('button.scale').click();
    expect(await loss.locator('svg polyline').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('tells values by the keyboard alone, as the pointer does', async () => {
    const { history } = JSON.parse(readFileSync(at('run.json'), 'utf8')) as { history: { loss: number }[] };
    const loss = page.locator('figure.chart').first().locator('svg[role=slider]');
    await loss.focus();
    const told = async (key: string) => {
      await page.keyboard.press(key);
      const text = await loss.getAttribute('aria-valuetext');
      const [, epoch, value] = /^epoch (\d+); training: ([-\d.e]+)/.exec(text!)!;
      expect(Number(value)).toBeCloseTo(history[Number(epoch) - 1].loss, 3);
      return Number(epoch);
    };
    expect([await told('ArrowRight'), await told('ArrowRight'), await told('ArrowLeft')]).toEqual([1, 2, 1]);
    expect([await told('End'), await told('ArrowRight')]).toEqual([history.length, history.length]);
    expect(await told('Home')).toBe(1);
    await page.keyboard.press('Escape');
    expect(await loss.getAttribute('aria-valuetext')).toBe('');
  });

  test('writes the rows of each bin of the calibration beside its point', async () => {
    const calibration = page.locator('figure.chart', { hasText: 'Calibration' });
    const counts = await calibration.locator('text.label').allTextContents();
    expect(counts.map(Number).reduce((sum, rows) => sum + rows)).toBe(4);
  });

  describe.each(['report.html', 'compare.html', 'sweep.html'])('%s', (name) => {
    test('has its pictures, and nothing wider than the page, on a telephone neither', async () => {
      await open(name);
      const broken = await page.$$eval('img', (all) =>
        all.filter((image) => image.naturalWidth === 0).map((image) => image.outerHTML),
      );
      expect(broken).toEqual([]);
      for (const width of [1200, 400, 320]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
      await page.setViewportSize({ width: 1200, height: 900 });
    });

    test.each(['light', 'dark'] as const)('can be read in the %s scheme', async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await open(name);
      expect(await page.evaluate(contrasts)).toEqual([]);
      const [ground] = await page.evaluate(() =>
        getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number),
      );
      expect(ground < 128).toBe(colorScheme === 'dark');
      expect(complaints).toEqual([]);
    });
  });
});

/** Texts of less contrast to their ground than 4.5, which WCAG 2 asks for. Runs in the page. */
function contrasts(): string[] {
  type Colour = number[];
  const colourOf = (text: string): Colour => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g)!.map(Number);
    return [red, green, blue, alpha];
  };
  const over = ([r, g, b, alpha]: Colour, ground: Colour): Colour =>
    [r, g, b].map((channel, i) => alpha * channel + (1 - alpha) * ground[i]);
  const groundOf = (element: Element | null): Colour =>
    element
      ? over(colourOf(getComputedStyle(element).backgroundColor), groundOf(element.parentElement))
      : [255, 255, 255];
  const luminance = (colour: Colour): number =>
    colour
      .map((channel) => channel / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const bad: string[] = [];
  for (const element of document.querySelectorAll('main *')) {
    const text = Array.from(element.childNodes, (node) =>
      node.nodeType === 3 ? node.textContent!.trim() : '',
    );
    if (!text.join('') || element.tagName === 'SCRIPT') continue;
    const { color, fill } = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = over(colourOf(element instanceof SVGElement ? fill : color), ground);
    const [low, high] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) bad.push(`${contrast.toFixed(2)} ${element.outerHTML.slice(0, 100)}`);
  }
  return bad;
}
