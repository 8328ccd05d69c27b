/** `backprop-zoo/wasm`, imported at any time, in a program that knows nothing else of the zoo, in a process of its own. */
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

/** Prints the slopes of a sum of maxima of negative numbers. */
const program = (before: string, after: string) => `
  ${before}
  await tf.setBackend('wasm');
  ${after}
  const x = tf.tensor4d([-4, -3, -2, -1], [1, 2, 2, 1]);
  console.log(tf.grad((x) => tf.maxPool(x, 2, 2, 'valid').sum())(x).dataSync().join());`;
const tfjs = `import * as tf from '@tensorflow/tfjs'; import '@tensorflow/tfjs-backend-wasm';`;

test('repairs the backend of the program, imported first or last, or when the backend runs already', async () => {
  expect(await output(program(tfjs, ''))).toBe('1,0,0,0');
  const repaired = [
    program(`import './src/wasm.ts'; ${tfjs}`, ''),
    program(`${tfjs} import './src/wasm.ts';`, ''),
    program(tfjs, `await import('./src/wasm.ts');`),
  ];
  for (const each of repaired) expect(await output(each)).toBe('0,0,0,1');
}, 60_000);
