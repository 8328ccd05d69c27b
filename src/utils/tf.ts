/**
 * The one place that imports TensorFlow.js; everything else takes `tf` and its types from here.
 *
 * In Node the packages are loaded with `require`: an ES `import` of their CommonJS builds makes Node scan
 * megabytes of source for export names first, which takes four times as long as running them.
 * Browsers and bundlers, which have no `require`, take the ES modules.
 */
import type * as tfjsCpu from '@tensorflow/tfjs-backend-cpu';
import type * as tfjsWasm from '@tensorflow/tfjs-backend-wasm';
import { require } from './builtin-module.ts';
import type * as tfjs from '@tensorflow/tfjs-core';
import type * as tfjsData from '@tensorflow/tfjs-data';

/** That tensors have `x.matMul(w)` beside `tf.matMul(x, w)`; named, so that it reaches the types of the package. */
export type ChainedOperations =
  typeof import('@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js');

export type {
  DataType,
  KernelConfig,
  KernelFunc,
  NamedTensorMap,
  Rank,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor4D,
  TensorInfo,
  Variable,
} from '@tensorflow/tfjs-core';

export const tf: typeof tfjs = require
  ? (require('@tensorflow/tfjs-core') as typeof tfjs)
  : await import('@tensorflow/tfjs-core');

/**
 * Adds what the core lacks: the gradients of its operations, and `x.matMul(w)` for `tf.matMul(x, w)`. Both are there already where the
 * program has loaded `@tensorflow/tfjs`. Whatever the program has registered stays.
 */
async function completeCore(): Promise<void> {
  const prototype = tf.Tensor.prototype;
  // Both lists are registered in alphabetical order, so a program with the first and the last has all.
  const hasAll = ['abs', 'zerosLike'].every((name) => name in prototype) && hasGradients('Abs', 'ZerosLike');
  if (hasAll) return;
  const methods = Object.getOwnPropertyDescriptors(prototype);
  // The core exports the names of its kernels, beside other texts that are no kernel's name.
  const names = Object.values(tf).filter((value) => typeof value === 'string');
  const gradients = names.map((name) => tf.getGradient(name)).filter((gradient) => gradient !== undefined);
  // In CommonJS only the umbrella `@tensorflow/tfjs` brings the core's gradients, beside 200 MB that nothing here needs; so the build
  // makes a file of them. Elsewhere they are loaded after the core: beside it, a bundle may run them before the core has its flags.
  if (require) require('#tfjs-gradients');
  else await import('./tf-gradients.ts');
  Object.defineProperties(prototype, methods);
  gradients.forEach(tf.registerGradient);
}

const hasGradients = (...names: string[]): boolean => names.every((name) => tf.getGradient(name));

await completeCore();

/**
 * Loads the plain JavaScript backend, unless the program has one of this name. In Node it is there from the start. A page takes the
 * package's single file: the modules of its other build are those that the wasm package takes a few functions from, and a bundler
 * would then load 10 kB of them, whole, with the wasm backend.
 */
export async function loadCpuPackage(): Promise<void> {
  if (tf.findBackendFactory('cpu')) return;
  if (require) return void require('@tensorflow/tfjs-backend-cpu');
  // @ts-expect-error -- a file without types
  const cpu = (await import('@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.fesm.js')) as typeof tfjsCpu;
  // Used, because a bundler may drop a file that the package does not list under `sideEffects` if nothing of it is used.
  if (!cpu.MathBackendCPU) throw new Error('@tensorflow/tfjs-backend-cpu has no MathBackendCPU');
}

if (require) await loadCpuPackage();

export const loadWasmPackage = async (): Promise<typeof tfjsWasm> =>
  require
    ? (require('@tensorflow/tfjs-backend-wasm') as typeof tfjsWasm)
    : import('@tensorflow/tfjs-backend-wasm');

export const loadDataPackage = async (): Promise<Pick<typeof tfjsData, 'generator'>> =>
  require ? (require('@tensorflow/tfjs-data') as typeof tfjsData) : import('./tf-data-browser.ts');
