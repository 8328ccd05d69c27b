/**
 * The playground in a real browser, used as a person would: by its buttons, its form and its address.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findBrowser } from '../../helpers/browser.ts';
import { download, hashOf, openPlayground, train, type OpenPlayground } from '../../helpers/playground.ts';
import { zooHere } from '../../helpers/zoo-here.ts';

const executable = findBrowser();
if (!executable) console.info('SKIPPED the playground: no Chromium is installed here (or set ZOO_BROWSER).');

const untilStep = (page: Page, step: number) =>
  page.waitForFunction((wanted) => document.querySelector('#step')?.textContent === wanted, String(step));

(executable ? describe : describe.skip)('the playground', () => {
  let playground: OpenPlayground;
  let scratch: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'of-the-page-'));
    playground = await openPlayground(executable!);
  });
  afterAll(async () => {
    await playground?.close();
    await rm(scratch, { recursive: true });
  });

  test('a run in the page ends with the weights of the command line, to the last bit', async () => {
    const page = await playground.open('#model=gate&gate=or&epochs=200&seed=7');
    const hash = await train(page);
    const words = ['--gate', 'or', '--epochs', '200', '--seed', '7', '--backend', 'wasm', '--out', scratch];
    await zooHere(['train', 'gate', ...words, '--quiet'], scratch);
    const weights = await readFile(join(scratch, 'weights.json'), 'utf8');
    expect(hash).toBe(createHash('sha256').update(weights).digest('hex'));
    expect(await download(page, 'weights.json')).toBe(weights);
    await page.context().close();
  });

  test('the files of a run are verified on the command line, and a link replays it', async () => {
    const page = await playground.open('#model=breast-cancer&epochs=30&init=normal&gradients=autodiff');
    const hash = await train(page);
    const directory = join(scratch, 'from-the-page');
    await mkdir(directory);
    for (const name of ['weights.json', 'run.json'])
      await writeFile(join(directory, name), await download(page, name));
    const verified = await zooHere(['verify', directory, '--json'], scratch);
    expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true });
    expect(await download(page, 'curves.svg')).toContain('<polyline');

    const link = await page.inputValue('.result input');
    expect(link).toContain('&seed=42&');
    const other = await playground.open(new URL(link).hash);
    expect(await train(other)).toBe(hash);
    await page.context().close();
    await other.context().close();
  });

  test('training stops after a step or an epoch, goes on, and the pauses change nothing', async () => {
    const page = await playground.open('#model=points&rows=600&batchSize=100&epochs=4');
    const run = page.locator('.run');
    await run.getByText('One step').click();
    await untilStep(page, 1);
    await run.getByText('One epoch').click();
    await untilStep(page, 6);
    const inSteps = await train(page);
    await run.getByText('Reset').click();
    await page.waitForFunction(() => !document.querySelector('#hash'));
    await untilStep(page, 0);
    expect(await train(page)).toBe(inSteps);
    await page.context().close();
  });

  test('a run is there again in a new tab, and ends as it would have', async () => {
    const address = '#model=points&rows=500&epochs=300';
    const page = await playground.open(address);
    const whole = await train(page);
    await page.locator('.run').getByText('Reset').click();
    await page.locator('.run').getByText('One epoch').click();
    await untilStep(page, 1);
    await page.close({ runBeforeUnload: true });
    const again = await page.context().newPage();
    await again.goto(`${playground.address}${address}`);
    await again.waitForSelector('text=as you left it');
    expect(await again.innerText('#step')).toBe('1');
    await again.click('.run .primary');
    expect(await hashOf(again)).toBe(whole);
    await again.context().close();
  });

  test('what is not possible is one sentence, and the run stays', async () => {
    const page = await playground.open();
    await page.fill('input[name=learningRate]', 'fast');
    await page.press('input[name=learningRate]', 'Enter');
    await page.waitForSelector('text=learningRate takes a number');
    await page.fill('input[name=learningRate]', '0.5');
    await page.press('input[name=learningRate]', 'Tab');
    await page.waitForFunction(() => location.hash.includes('learningRate=0.5'));
    expect(await page.locator('.notes .wrong').count()).toBe(0);
    await page.context().close();
    const wrong = await playground.open('#model=nonsense');
    await wrong.waitForSelector('text=There is no model nonsense here');
    expect(await wrong.inputValue('.model select')).toBe('gate');
    await wrong.context().close();
  });

  test('no page said anything on its console', () => {
    expect(playground.complaints).toEqual([]);
  });
});
