/**
 * The one place that imports TensorFlow.js; everything else takes `tf` and its types from here.
 *
 * In Node the packages are loaded with `require`: an ES `import` of their CommonJS builds makes Node scan
 * megabytes of source for export names first, which takes four times as long as running them.
 * Browsers and bundlers, which have no `require`, take the ES modules.
 */
import type * as tfjsWasm from '@tensorflow/tfjs-backend-wasm';
import { require } from './builtin-module.ts';
import type * as tfjs from '@tensorflow/tfjs-core';
import type * as tfjsData from '@tensorflow/tfjs-data';
import type * as tfjsLayers from '@tensorflow/tfjs-layers';

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

const loaded = require
  ? (require('@tensorflow/tfjs-core') as typeof tfjs)
  : (await Promise.all([import('@tensorflow/tfjs-core'), import('./tf-gradients.ts')]))[0];
// In CommonJS no package but the umbrella `@tensorflow/tfjs` brings the core's gradients, beside 200 MB that nothing here needs; so
// the build makes a file of them.
if (require) {
  require('backprop-zoo/tfjs-gradients');
  require('@tensorflow/tfjs-backend-cpu');
}

export const tf: typeof tfjs = loaded;

// Production mode: no advertisement for tfjs-node on stdout, no per-operation scan for NaN.
tf.enableProdMode();

/** In Node it is there from the start. */
export const loadCpuPackage = async (): Promise<void> => {
  if (!require) await import('@tensorflow/tfjs-backend-cpu');
};

export const loadWasmPackage = async (): Promise<typeof tfjsWasm> =>
  require
    ? (require('@tensorflow/tfjs-backend-wasm') as typeof tfjsWasm)
    : import('@tensorflow/tfjs-backend-wasm');

export const loadDataPackage = async (): Promise<Pick<typeof tfjsData, 'generator'>> =>
  require ? (require('@tensorflow/tfjs-data') as typeof tfjsData) : import('./tf-data-browser.ts');

export const loadLayersPackage = async (): Promise<typeof tfjsLayers> =>
  require ? (require('@tensorflow/tfjs-layers') as typeof tfjsLayers) : import('@tensorflow/tfjs-layers');
