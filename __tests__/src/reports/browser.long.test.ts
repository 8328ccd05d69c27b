/** The reports in a real browser, which is looked for: see `helpers/browser.ts`. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { exampleRequest } from '../../helpers/example-run.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { compareReport } from '../../../src/reports/compare-report.ts';
import { compareRuns } from '../../../src/runs/compare.ts';
import { run } from '../../../src/runs/run.ts';
import { sweepReport } from '../../../src/runs/sweep/report.ts';
import { findBrowser, launch } from '../../helpers/browser.ts';
import { results } from '../runs/sweep/example-results.ts';

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

  const loss = () => page.locator('figure.chart').first();

  test('draws every chart, shows values under the pointer and hides a series on request', async () => {
    const charts = page.locator('figure.chart');
    expect(await charts.count()).toBe(6);
    for (const chart of await charts.all()) expect(await inkOf(chart)).toBeGreaterThan(100);
    await loss().scrollIntoViewIfNeeded();
    await loss().locator('.u-over').hover();
    const values = await loss().locator('.u-value').allTextContents();
    expect(values).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d\.\d+$/)]);
    const name = loss().locator('.u-series th', { hasText: 'training' });
    await page.mouse.move(0, 0);
    const whole = await inkOf(loss());
    await name.click();
    expect(await inkOf(loss())).toBeLessThan(whole);
    await name.press('Enter');
    expect(await inkOf(loss())).toBe(whole);
    expect(complaints).toEqual([]);
  });

  test('draws the loss on a logarithmic axis on request', async () => {
    const picture = () =>
      loss()
        .locator('canvas')
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const linear = await picture();
    await loss().locator('button.scale').click();
    expect(await picture()).not.toBe(linear);
    await loss().locator('button.scale').click();
    expect(await picture()).toBe(linear);
  });

  test('shows values by the keyboard alone', async () => {
    const { history } = JSON.parse(readFileSync(at('run.json'), 'utf8')) as { history: { loss: number }[] };
    const slider = loss().locator('[role=slider]');
    await slider.focus();
    const told = async (key: string) => {
      await page.keyboard.press(key);
      const text = await slider.getAttribute('aria-valuetext');
      const [, epoch, value] = /^epoch (\d+); training ([-\d.e]+)/.exec(text!)!;
      expect(Number(value)).toBeCloseTo(history[Number(epoch) - 1].loss, 3);
      return Number(epoch);
    };
    expect([await told('ArrowRight'), await told('ArrowRight'), await told('ArrowLeft')]).toEqual([1, 2, 1]);
    expect([await told('End'), await told('ArrowRight')]).toEqual([history.length, history.length]);
    expect(await told('Home')).toBe(1);
    await page.keyboard.press('Escape');
    expect(await slider.getAttribute('aria-valuetext')).toBe('');
  });

  test('shows the number of rows of a point of the calibration curve', async () => {
    const calibration = page.locator('figure.chart', { hasText: 'Calibration' });
    await calibration.locator('[role=slider]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await calibration.locator('.u-value').nth(1).textContent()).toMatch(/, \d rows?$/);
  });

  test('prints dark pages in light colors', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.evaluate(() => void dispatchEvent(new Event('beforeprint')));
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await page.evaluate(() => void dispatchEvent(new Event('afterprint')));
    expect(await ground()).toBe(dark);
    await page.emulateMedia({ colorScheme: 'light' });
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

/** Pixels of a chart that are drawn at all. */
const inkOf = (chart: Locator): Promise<number> =>
  chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const copy = Object.assign(document.createElement('canvas'), { width, height });
    const context = copy.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  });

/** Texts of less contrast to their ground than 4.5, which WCAG 2 asks for. Runs in the page. */
function contrasts(): string[] {
  type Color = number[];
  const colorOf = (text: string): Color => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g)!.map(Number);
    return [red, green, blue, alpha];
  };
  const over = ([r, g, b, alpha]: Color, ground: Color): Color =>
    [r, g, b].map((channel, i) => alpha * channel + (1 - alpha) * ground[i]);
  const groundOf = (element: Element | null): Color =>
    element
      ? over(colorOf(getComputedStyle(element).backgroundColor), groundOf(element.parentElement))
      : [255, 255, 255];
  const luminance = (color: Color): number =>
    color
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
    const ink = over(colorOf(element instanceof SVGElement ? fill : color), ground);
    const [low, high] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) bad.push(`${contrast.toFixed(2)} ${element.outerHTML.slice(0, 100)}`);
  }
  return bad;
}
