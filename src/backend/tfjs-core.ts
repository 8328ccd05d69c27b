/**
 * The core of TensorFlow.js and its wasm backend alone, for kernels that run in a user's program, which has loaded the same two
 * already. `utils/tf.ts` explains how they are loaded.
 */
import type * as tfjsCore from '@tensorflow/tfjs-core';
import { require } from '../utils/builtin-module.ts';

export const tf: typeof tfjsCore = require
  ? (require('@tensorflow/tfjs-core') as typeof tfjsCore)
  : await import('@tensorflow/tfjs-core');

/** Loads the package that brings the wasm backend. */
export const loadWasmPackage = (): Promise<unknown> =>
  require
    ? Promise.resolve(require('@tensorflow/tfjs-backend-wasm'))
    : import('@tensorflow/tfjs-backend-wasm');
