/**
 * Builds the playground into a folder of static files, which work from any folder of any host.
 *
 *   npm run build:playground            into dist/playground
 *   npm run build:playground -- DIR
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { tracedModels } from './build-playground/trace-models.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Leaves out the threaded variant of TensorFlow.js's wasm backend, which the zoo switches off. */
const withoutThreads: Plugin = {
  name: 'without-threads',
  setup(build) {
    build.onLoad({ filter: /tfjs-backend-wasm-threaded-simd\.(worker\.)?js$/ }, () => ({
      contents: "export default undefined; export const wasmWorkerContents = '';",
    }));
  },
};

/** @returns what was built, as esbuild describes it */
export async function buildPlayground(out: string) {
  const from = (...path: string[]) => join(root, 'src/playground', ...path);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      page: from('page.tsx'),
      worker: from('worker.ts'),
      'inside-worker': from('inside-worker.ts'),
    },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    outdir: out,
    chunkNames: 'parts/[name]-[hash]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The page's build of it; Node's wants Buffer.
    alias: { 'csv-parse/sync': 'csv-parse/browser/esm/sync' },
    define: { __VERSION__: JSON.stringify(version) },
    plugins: [tracedModels(root), withoutThreads],
    logLevel: 'error',
  });
  const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
  for (const name of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
    await cp(join(root, wasm, name), join(out, name));
  }
  await cp(from('index.html'), join(out, 'index.html'));
  const scripts = Object.keys(metafile.outputs).map((path) =>
    resolve(root, path).slice(resolve(out).length + 1),
  );
  const worker = await readFile(from('service-worker.js'), 'utf8');
  const all = [...scripts, 'index.html', 'tfjs-backend-wasm-simd.wasm'].sort();
  await writeFile(join(out, 'service-worker.js'), worker.replace("['index.html']", JSON.stringify(all)));
  return metafile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = resolve(process.argv[2] ?? join(root, 'dist/playground'));
  await buildPlayground(out);
  console.log(`built the playground into ${out}`);
}
