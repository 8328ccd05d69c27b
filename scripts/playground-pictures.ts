/**
 * Pictures of the playground for the documents, taken in a real browser: `npm run playground-pictures`.
 */
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { findBrowser } from '../__tests__/helpers/browser.ts';
import { hashOf, openPlayground } from '../__tests__/helpers/playground.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));

const executable = findBrowser();
if (!executable) throw new Error('No Chromium is installed here (or set ZOO_BROWSER).');
const playground = await openPlayground(executable);

async function picture(
  name: string,
  hash: string,
  options: BrowserContextOptions,
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await playground.open(hash, { reducedMotion: 'reduce', deviceScaleFactor: 1.5, ...options });
  await act(page);
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${docs}playground-${name}.png` });
  console.log(`docs/playground-${name}.png`);
  await page.context().close();
}

const start = (page: Page) => page.click('.run .primary');

async function draw(page: Page): Promise<void> {
  await page.locator('section.digit').scrollIntoViewIfNeeded();
  const { x, y } = (await page.locator('.pad').boundingBox())!;
  await page.mouse.move(x + 92, y + 62);
  await page.mouse.down();
  for (const [dx, dy] of [
    [190, 62],
    [150, 130],
    [118, 222],
  ])
    await page.mouse.move(x + dx, y + dy, { steps: 8 });
  await page.mouse.up();
  await page.waitForTimeout(800);
}

const wide = { viewport: { width: 1280, height: 860 } };

await picture(
  'light',
  '#model=points&rows=2000&epochs=600',
  { viewport: { width: 1280, height: 1000 }, colorScheme: 'light' },
  async (page) => {
    await start(page);
    await hashOf(page);
  },
);
await picture('dark', '#model=mnist&epochs=4', { ...wide, colorScheme: 'dark' }, async (page) => {
  await start(page);
  await hashOf(page);
});
await picture('digit', '#model=mnist&epochs=3', { ...wide, colorScheme: 'light' }, async (page) => {
  await start(page);
  await hashOf(page);
  await draw(page);
});
await picture(
  'inside',
  '#model=breast-cancer&init=normal&units=3&asPrinted=true',
  { viewport: { width: 1280, height: 1100 }, colorScheme: 'light' },
  async (page) => {
    await page.click('.card[data-name=hiddenBias]');
    await page.waitForSelector('.verdict.wrong');
    await page.evaluate(() => document.querySelector('.graph-section')!.scrollIntoView());
  },
);
await picture(
  'phone',
  '#model=xor&epochs=3000',
  { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: 'light' },
  async (page) => {
    await start(page);
    await hashOf(page);
  },
);
await picture(
  'korean',
  '#model=gate&gate=or',
  { ...wide, locale: 'ko-KR', colorScheme: 'light' },
  async (page) => {
    await start(page);
    await hashOf(page);
  },
);
await playground.close();
