/**
 * The one place that imports TensorFlow.js; everything else takes `tf` and its types from here.
 *
 * In Node the packages are loaded with `require`: an ES `import` of their CommonJS builds makes Node scan
 * megabytes of source for export names first, which takes four times as long as running them.
 * Browsers and bundlers, which have no `require`, take the ES modules.
 */
import type * as tfjs from '@tensorflow/tfjs';
import type * as tfjsData from '@tensorflow/tfjs-data';
import type * as tfjsWasm from '@tensorflow/tfjs-backend-wasm';

export type {
  DataType,
  KernelFunc,
  NamedTensorMap,
  Rank,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  TensorInfo,
  Variable,
} from '@tensorflow/tfjs';

const nodeModule = globalThis.process?.getBuiltinModule?.('node:module');
const require = nodeModule?.createRequire(import.meta.url);

export const tf: typeof tfjs = require
  ? (require('@tensorflow/tfjs') as typeof tfjs)
  : await import('@tensorflow/tfjs');

// Production mode: no advertisement for tfjs-node on stdout, no per-operation scan for NaN.
tf.enableProdMode();

export const loadWasmPackage = async (): Promise<typeof tfjsWasm> =>
  require
    ? (require('@tensorflow/tfjs-backend-wasm') as typeof tfjsWasm)
    : import('@tensorflow/tfjs-backend-wasm');

export const loadDataPackage = async (): Promise<typeof tfjsData> =>
  require ? (require('@tensorflow/tfjs-data') as typeof tfjsData) : import('@tensorflow/tfjs-data');
