/**
 * The playground at length: the main job in a page, memory and smoothness over many steps, no network, no WebAssembly.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { serveFolder } from '../../../src/node/serve-folder.ts';
import { describeInPlayground } from '../../helpers/in-playground.ts';
import { hashOf, train } from '../../helpers/playground.ts';
import { zoo } from '../../helpers/zoo.ts';

describeInPlayground('the playground, at length', (stage) => {
  test('mnist on the drawn digits trains to the weights of the command line', async () => {
    const page = await stage.playground.open('#model=mnist&epochs=1');
    const hash = await train(page);
    const words = [
      '--data',
      'built-in',
      '--backend',
      'wasm',
      '--epochs',
      '1',
      '--out',
      stage.scratch,
      '--quiet',
    ];
    await zoo(['train', 'mnist', ...words]);
    const weights = await readFile(join(stage.scratch, 'weights.json'));
    expect(hash).toBe(createHash('sha256').update(weights).digest('hex'));
    await page.context().close();
  }, 300_000);

  test('memory is flat over 20 000 steps', async () => {
    const page = await stage.playground.open('#model=breast-cancer&epochs=22000');
    await page.click('.run .primary');
    const session = await page.context().newCDPSession(page);
    const used = async (step: number) => {
      const reached = (wanted: number) => Number(document.querySelector('#step')!.textContent) >= wanted;
      await page.waitForFunction(reached, step, { timeout: 240_000 });
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize;
    };
    const early = await used(2_000);
    expect(await used(20_000)).toBeLessThan(early + 1_000_000);
    await page.context().close();
  }, 300_000);

  test('works from any folder, and offline once it was loaded', async () => {
    const { server, address } = await serveFolder(dirname(stage.playground.folder));
    const context = await stage.playground.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${address}${basename(stage.playground.folder)}/#model=gate&epochs=50`);
    const hash = await train(page);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.waitForFunction(async () => (await caches.match('inside-worker.js')) !== undefined);
    await context.setOffline(true);
    server.close();
    server.closeAllConnections();
    await page.reload();
    await page.locator('.run').getByText('Reset').click();
    await page.waitForFunction(() => document.querySelector('#step')?.textContent === '0');
    expect(await train(page)).toBe(hash);
    await page.waitForSelector('.card');
    await context.close();
  });

  test('without WebAssembly it computes in plain JavaScript, with a note', async () => {
    const context = await stage.playground.browser.newContext();
    await context.route('**/*.wasm', (route) => route.abort());
    const page = await context.newPage();
    await page.goto(`${stage.playground.address}#model=gate&epochs=50`);
    await page.waitForSelector('text=WebAssembly does not run here');
    expect(await train(page)).toMatch(/^[0-9a-f]{64}$/);
    expect(page.url()).toContain('backend=cpu');
    await context.close();
  });

  test('reports a diverged training in one sentence', async () => {
    const page = await stage.playground.open('#model=mlp&optimizer=sgd&learningRate=100000&epochs=50');
    await page.click('.run .primary');
    await page.waitForSelector('[data-status=diverged]');
    expect(await page.innerText('.notes .wrong')).toContain('Training diverged');
    await page.context().close();
  });

  test.each(['xor-composed', 'xor', 'softmax', 'lenet', 'mlp'])(
    '%s trains and shows where its gradients come from',
    async (model) => {
      const page = await stage.playground.open(`#model=${model}&epochs=1`);
      if (model !== 'xor-composed') {
        await page.locator('.card.parameter').first().click({ timeout: 120_000 });
        await page.waitForSelector('.verdict:not(.hint)', { timeout: 120_000 });
        expect(await page.locator('.verdict.wrong').count()).toBe(0);
      }
      await page.click('.run .primary');
      await hashOf(page);
      await page.context().close();
    },
    300_000,
  );
});
