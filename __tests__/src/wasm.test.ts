/** `backprop-zoo/wasm` in a program that knows nothing else of the zoo, in a process of its own. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function output(program: string): Promise<string> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout.trim();
}

test('repairs the backend of a program that takes TensorFlow.js in parts', async () => {
  const pooled = await output(`
    import * as tf from '@tensorflow/tfjs-core';
    import './src/wasm.ts';
    await tf.setBackend('wasm');
    console.log(tf.maxPool3d(tf.tensor5d([-4, -3, -2, -1], [1, 1, 2, 2, 1]), [1, 2, 2], 1, 'valid').dataSync()[0]);`);
  expect(pooled).toBe('-1');
}, 60_000);

test('loads nothing else of the zoo, and of TensorFlow.js only the core and the wasm backend', async () => {
  const loaded = await output(`
    import { createRequire } from 'node:module';
    await import('./src/wasm.ts');
    const names = Object.keys(createRequire(import.meta.url).cache).map((path) => path.match(/@tensorflow.([a-z-]+)/)?.[1]);
    console.log([...new Set(names.filter(Boolean))].sort().join());`);
  expect(loaded).toBe('tfjs-backend-wasm,tfjs-core');
}, 60_000);

test('says what to do where the memory cannot be seen', async () => {
  const { assemblyOf } = await import('../../src/backend/wasm/assembly.ts');
  expect(() => assemblyOf({ wasm: { asm: {} } })).toThrow(
    "tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)",
  );
});
