/**
 * The browser entry, bundled without configuration and run in a real browser: it trains to the bits that Node trains to.
 */
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build, type OutputFile } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { drawDigits } from '../../datasets/built-in/digits.ts';
import type * as zoo from '../../src/browser.ts';
import { dataFromRows, models, train, weightsText } from '../../src/index.ts';
import { findBrowser, launch } from '../helpers/browser.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const bundled = build({
  entryPoints: [`${root}src/browser.ts`],
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  metafile: true,
  write: false,
  outdir: '/',
  logLevel: 'silent',
});

const nameOf = ({ path }: OutputFile) => path.replace(/^.*[\\/]/, '');

test('a bundler takes the entry without configuration, and finds nothing of Node in it', async () => {
  const { metafile, warnings } = await bundled;
  expect(warnings).toEqual([]);
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((path) => path.startsWith('src/node') || path.startsWith('src/runs'))).toEqual([]);
  expect(inputs.filter((path) => /@tensorflow.tfjs[\\/]/.test(path))).toEqual([]);
});

const executable = findBrowser();
if (!executable)
  console.info('SKIPPED the browser entry: no Chromium is installed here (or set ZOO_BROWSER).');

(executable ? describe : describe.skip)('in a browser', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  const loaded: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    const files = new Map((await bundled).outputFiles.map((file) => [`/${nameOf(file)}`, file.contents]));
    const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
    server = createServer((request, response) => {
      const path = request.url!;
      const script = files.get(path);
      const type = script ? 'text/javascript' : path.endsWith('.wasm') ? 'application/wasm' : 'text/html';
      response.setHeader('Content-Type', type);
      if (script) {
        loaded.push(path);
        response.end(script);
      } else if (path.endsWith('.wasm')) {
        void readFile(`${root}${wasm}/${path.slice(1)}`).then((bytes) => response.end(bytes));
      } else {
        response.end(
          '<!doctype html><link rel="icon" href="data:,"><script type="module">' +
            "import * as zoo from '/browser.js'; globalThis.zoo = zoo; document.title = 'ready';</script>",
        );
      }
    }).listen(0, '127.0.0.1');
    browser = await launch(executable!);
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => document.title === 'ready');
    await page.evaluate(() => (globalThis as unknown as Window).zoo.setWasmPaths('/'));
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test('a gate trains on wasm to the same weights as in Node, to the last bit', async () => {
    const inPage = await page.evaluate(async () => {
      const { models, train, weightsText } = (globalThis as unknown as Window).zoo;
      return weightsText(await train(models.gate, { epochs: 200, backend: 'wasm', options: { gate: 'or' } }));
    });
    const inNode = await train(models.gate, { epochs: 200, backend: 'wasm', options: { gate: 'or' } });
    expect(inPage).toBe(weightsText(inNode));
  });

  test('mnist trains on wasm to the same weights as in Node, with about 205 kB of JavaScript', async () => {
    const { pixels, labels } = drawDigits({ count: 500, seed: 3 });
    const drawn = { text: Buffer.from(pixels).toString('base64'), labels: Array.from(labels) };
    const settings = { epochs: 2, backend: 'wasm', validation: 0.1 } as const;
    const inPage = await page.evaluate(
      async ({ drawn, settings }) => {
        const { dataFromRows, models, predict, train, weightsFrom, weightsText } = (
          globalThis as unknown as Window
        ).zoo;
        const bytes = Array.from(atob(drawn.text), (letter) => letter.charCodeAt(0) / 255);
        const inputs = drawn.labels.map((_, row) => bytes.slice(784 * row, 784 * (row + 1)));
        const data = dataFromRows({
          name: 'digits',
          classNames: [...'0123456789'],
          train: { inputs, labels: drawn.labels },
        });
        const text = weightsText(await train(models.mnist, { ...settings, data }));
        const [first] = await predict(weightsFrom(text, 'weights'), inputs.slice(0, 1));
        return { text, first };
      },
      { drawn, settings },
    );
    const own = {
      name: 'digits',
      classNames: [...'0123456789'],
      train: {
        inputs: drawn.labels.map((_, row) =>
          Array.from(pixels.subarray(784 * row, 784 * (row + 1)), (value) => value / 255),
        ),
        labels: drawn.labels,
      },
    };
    const inNode = await train(models.mnist, { ...settings, data: dataFromRows(own) });
    expect(inPage.text).toBe(weightsText(inNode));
    expect(inPage.first.probabilities).toHaveLength(10);

    const sizes = (await bundled).outputFiles.map((file) => [
      `/${nameOf(file)}`,
      gzipSync(file.contents).length,
    ]);
    const bytes = sizes.filter(([name]) => loaded.includes(name as string)).map(([, size]) => size as number);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(206_500);
  });

  // After the size is measured: the backend is a file that other trainings do not load.
  test('a gate trains on cpu to the same weights as in Node', async () => {
    const inPage = await page.evaluate(async () => {
      const { models, train, weightsText } = (globalThis as unknown as Window).zoo;
      return weightsText(await train(models.gate, { epochs: 20, backend: 'cpu', options: { gate: 'or' } }));
    });
    const inNode = await train(models.gate, { epochs: 20, backend: 'cpu', options: { gate: 'or' } });
    expect(inPage).toBe(weightsText(inNode));
  });

  test('gradients are checked in double precision, with the numbers of Node', async () => {
    const [agrees, entries] = await page.evaluate(async () => {
      const { checkModel, models } = (globalThis as unknown as Window).zoo;
      const network = models['breast-cancer'];
      const model = network.create({ units: 10, l1: 0, l2: 0.01, init: 'normal', asPrinted: false });
      const report = await checkModel(model, { size: network.size });
      return [report.agrees, report.parameters.map(({ entries }) => entries)] as const;
    });
    expect(agrees).toBe(true);
    expect(entries).toEqual([300, 10, 10, 1]);
    const wrong = await page.evaluate(async () => {
      const { checkModel, models } = (globalThis as unknown as Window).zoo;
      const network = models['breast-cancer'];
      const model = network.create({ units: 10, l1: 0, l2: 0.01, init: 'normal', asPrinted: true });
      const report = await checkModel(model, { size: network.size });
      return report.parameters.filter(({ agrees }) => !agrees).map(({ name }) => name);
    });
    expect(wrong).toEqual(['hiddenBias']);
  });

  test('the page said nothing on its console', () => {
    expect(complaints).toEqual([]);
  });
});

interface Window {
  zoo: typeof zoo;
}
