/** TensorFlow.js in a browser: its core, with the gradients of its operations and with `x.matMul(w)` for `tf.matMul(x, w)`. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';

export * as tf from '@tensorflow/tfjs-core';
