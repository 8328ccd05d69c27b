/**
 * A program with `backprop-zoo/browser`, bundled without configuration by esbuild, vite and webpack, each bundle loaded twenty times
 * in Chromium: files arrive in a different order each time, and every load must train to the weights of Node.
 *
 * vite and webpack are development dependencies for this test: 75 MB beside the 900 MB that are there, and the order in which a
 * bundle runs its modules can only be tested with the real bundlers.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build as esbuild } from 'esbuild';
import type { Browser } from 'playwright-core';
import { models, train, weightsText } from '../../src/index.ts';
import { serveFolder } from '../../src/node/serve-folder.ts';
import { RandomState } from '../../src/utils/random.ts';
import { findBrowser, launch } from '../helpers/browser.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { zoo } from '../helpers/zoo.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const project = temporaryDirectory();
const entry = join(project, 'main.js');
const loads = 20;
/** Pages beside each other; most of a load is waiting for files. */
const atOnce = 4;

/** In processes of their own: within jest's modules neither vite nor webpack starts without errors or warnings. */
const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: project });
const bundlers: Record<string, (out: string) => Promise<unknown>> = {
  esbuild: (out) =>
    esbuild({
      entryPoints: [entry],
      outdir: out,
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
    }),
  vite: (out) => node(join(root, 'node_modules/vite/bin/vite.js'), 'build', '--base', './', '--outDir', out),
  webpack: (out) =>
    node(
      ...['--input-type=module', '--eval'],
      `import webpack from ${JSON.stringify(join(root, 'node_modules/webpack/lib/index.js'))};
       const [context, entry, path] = process.argv.slice(1);
       webpack({ mode: 'production', context, entry, output: { path } }, (error, stats) => {
         if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
       });`,
      ...[project, entry, out],
    ),
};

const executable = findBrowser();
if (!executable) console.info('SKIPPED bundlers: no Chromium is installed here (or set ZOO_BROWSER).');

(executable ? describe : describe.skip)('a bundle of the browser entry', () => {
  let browser: Browser;
  let expected: string;
  const page =
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>';

  beforeAll(async () => {
    await zoo(['--help']); // builds, where the build is older than the sources
    await mkdir(join(project, 'node_modules'));
    await symlink(root, join(project, 'node_modules/backprop-zoo'));
    await writeFile(join(project, 'package.json'), '{"type":"module"}');
    await writeFile(join(project, 'index.html'), page);
    await writeFile(
      entry,
      `import { models, setWasmPaths, train, weightsText } from 'backprop-zoo/browser';
       try {
         await setWasmPaths(new URL('./', location.href).href);
         const texts = [];
         for (const backend of ['wasm', 'cpu'])
           texts.push(weightsText(await train(models.gate, { epochs: 20, seed: 7, backend })));
         globalThis.result = texts.join('');
       } catch (error) {
         globalThis.result = String(error.stack);
       }`,
    );
    const texts = [];
    for (const backend of ['wasm', 'cpu'] as const)
      texts.push(weightsText(await train(models.gate, { epochs: 20, seed: 7, backend })));
    expected = texts.join('');
    browser = await launch(executable!);
  }, 120_000);
  afterAll(() => browser?.close());

  test.each(Object.keys(bundlers))(
    'by %s trains to the weights of Node in every load',
    async (name) => {
      const out = join(project, name);
      await bundlers[name](out);
      if (!(await readdir(out)).includes('index.html')) await writeFile(join(out, 'index.html'), page);
      const wasm = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
      for (const file of await readdir(wasm)) {
        if (file.endsWith('.wasm')) await copyFile(join(wasm, file), join(out, file));
      }
      const { server, address } = await serveFolder(out);
      const results: string[] = [];
      const loadOnce = async (load: number) => {
        const random = new RandomState(load);
        const context = await browser.newContext();
        await context.route('**/*', async (route) => {
          await setTimeout(random.uniform(0, 60, 1)[0]);
          await route.continue();
        });
        const opened = await context.newPage();
        opened.on('pageerror', (error) => results.push(String(error)));
        await opened.goto(address);
        const result = await opened
          .waitForFunction(() => (globalThis as { result?: string }).result, undefined, { timeout: 20_000 })
          .then((handle) => handle.jsonValue());
        results.push(result!);
        await context.close();
      };
      for (let load = 0; load < loads; load += atOnce)
        await Promise.all(Array.from({ length: atOnce }, (_, i) => loadOnce(load + i)));
      server.close();
      server.closeAllConnections();
      await rm(out, { recursive: true });
      expect(results).toEqual(Array.from({ length: loads }, () => expected));
    },
    600_000,
  );
});
