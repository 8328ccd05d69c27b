/** A small transformer of Layers and einsum on the wasm backend, in Node.js and in a page, and the same on cpu. */
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findBrowser, launch } from '../helpers/browser.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const imports = `import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
  import './src/wasm.ts';
  import { losses } from './__tests__/helpers/transformer.js';`;

async function lossesInNode(backend: string): Promise<number[]> {
  const program = `${imports} console.log(JSON.stringify(await losses('${backend}')));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as number[];
}

async function lossesInPage(executable: string): Promise<number[]> {
  const contents = `${imports} setWasmPaths('/'); globalThis.result = losses('wasm');`;
  const bundle = await build({
    stdin: { contents, resolveDir: root },
    ...{ bundle: true, splitting: true, format: 'esm', write: false, outdir: '/', logLevel: 'silent' },
  });
  const scripts = new Map(bundle.outputFiles.map((file) => [`/${basename(file.path)}`, file.contents]));
  const server = createServer((request, response) => {
    const path = request.url!;
    const script = scripts.get(path);
    const type = script ? 'text/javascript' : path.endsWith('.wasm') ? 'application/wasm' : 'text/html';
    response.setHeader('Content-Type', type);
    if (path === '/')
      response.end('<link rel="icon" href="data:,"><script type="module" src="/stdin.js"></script>');
    else if (script) response.end(script);
    else
      void readFile(`${root}/node_modules/@tensorflow/tfjs-backend-wasm/dist${path}`).then((bytes) =>
        response.end(bytes),
      );
  }).listen(0, '127.0.0.1');
  const browser = await launch(executable, ['--disable-3d-apis']);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.result');
    return await page.evaluate<number[]>('globalThis.result');
  } finally {
    await browser.close();
    server.close();
  }
}

// Float32 rounds each operation to 6·10⁻⁸ of its value, in another order of sums on each backend; 30 steps of Adam amplify that.
const tolerance = 1e-4;
const expectSame = (losses: number[], reference: number[]) => {
  expect(losses).toHaveLength(30);
  expect(Math.max(...losses.map((loss, i) => Math.abs(loss - reference[i])))).toBeLessThan(tolerance);
};

test('a transformer trains on wasm, in Node.js and in a page, to the losses of cpu', async () => {
  const reference = await lossesInNode('cpu');
  expect(reference[0]).toBeGreaterThan(2);
  expect(reference.at(-1)).toBeLessThan(0.6 * reference[0]);
  expectSame(await lossesInNode('wasm'), reference);
  const executable = findBrowser();
  if (executable) expectSame(await lossesInPage(executable), reference);
  else console.info('SKIPPED the page: no Chromium is installed here (or set ZOO_BROWSER).');
}, 180_000);
