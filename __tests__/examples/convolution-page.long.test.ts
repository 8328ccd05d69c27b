/** The example in a real browser that has no WebGL, bundled as its comment says. */
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { findBrowser, launch } from '../helpers/browser.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}examples/convolution-page/`;
const executable = findBrowser();
if (!executable)
  console.info('SKIPPED the example in a page: no Chromium is installed here (or set ZOO_BROWSER).');

(executable ? describe : describe.skip)('a convolutional network in a page', () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    const bundle = await build({
      entryPoints: [`${folder}worker.js`],
      alias: { 'backprop-zoo/wasm': `${root}src/wasm.ts` },
      ...{ bundle: true, splitting: true, format: 'esm', write: false, outdir: '/', logLevel: 'silent' },
    });
    const scripts = new Map(bundle.outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]));
    server = createServer((request, response) => {
      const path = request.url!;
      const script = scripts.get(path);
      const type = script ? 'text/javascript' : path.endsWith('.wasm') ? 'application/wasm' : 'text/html';
      response.setHeader('Content-Type', type);
      if (script) response.end(script);
      else {
        const wasm = `${root}node_modules/@tensorflow/tfjs-backend-wasm/dist${path}`;
        void readFile(path === '/' ? `${folder}index.html` : wasm).then((bytes) => response.end(bytes));
      }
    }).listen(0, '127.0.0.1');
    browser = await launch(executable!, ['--disable-3d-apis']);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test('learns in a worker, and the page says so', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const hasWebGl = await page.evaluate(() => document.createElement('canvas').getContext('webgl') !== null);
    expect(hasWebGl).toBe(false);
    const status = page.getByRole('status');
    await status.filter({ hasNotText: 'training' }).waitFor();
    const text = await status.textContent();
    expect(text).toMatch(/^accuracy [01]\.\d+ after 20 epochs, \d+\.\d s on wasm$/);
    expect(Number(/[01]\.\d+/.exec(text!)![0])).toBeGreaterThan(0.9);
    expect(complaints).toEqual([]);
  });
});
