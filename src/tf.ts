/**
 * The one place that imports TensorFlow.js; everything else takes `tf` and its types from here.
 *
 * In Node the package is loaded with `require`: an ES `import` of its CommonJS build makes Node scan
 * 5 MB of source for export names first, which takes four times as long as running it.
 * Browsers and bundlers, which have no `require`, take the ES modules.
 */
import type * as tfjs from '@tensorflow/tfjs';

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

export const tf: typeof tfjs = nodeModule
  ? (nodeModule.createRequire(import.meta.url)('@tensorflow/tfjs') as typeof tfjs)
  : await import('@tensorflow/tfjs');

// Production mode: no advertisement for tfjs-node on stdout, no per-op NaN scan.
tf.enableProdMode();
