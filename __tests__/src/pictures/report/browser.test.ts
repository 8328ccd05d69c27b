/** The reports in a real browser, which is looked for: see `helpers/browser.ts`. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { exampleRequest } from '../../../../scripts/fuzz/example-run.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { run } from '../../../../src/runs/run.ts';
import { findBrowser, launch } from '../../../helpers/browser.ts';

const path = findBrowser();
if (!path)
  console.warn('No Chromium found: the reports are not tried in a browser. ZOO_BROWSER may name one.');

(path ? describe : describe.skip)('a report in a browser', () => {
  let directory: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    await useBackend('cpu');
    directory = mkdtempSync(join(tmpdir(), 'zoo-browser-'));
    await run({ ...exampleRequest('adam'), out: directory });
    browser = await launch(path!);
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(join(directory, 'report.html')).href);
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

  test('has the pictures, and no text wider than the page, on a telephone neither', async () => {
    const broken = await page.$$eval('img', (all) =>
      all.filter((image) => image.naturalWidth === 0).map((image) => image.outerHTML),
    );
    expect(broken).toEqual([]);
    for (const width of [1200, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });
});
