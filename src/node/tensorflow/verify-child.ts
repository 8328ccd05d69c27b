/** Run by `verifyNative` as a process: loads the backend, multiplies, differentiates, prints one line of JSON. */
import { loadTensorflowBackend } from './tensorflow.ts';
import { tf } from '../../core/tf.ts';

const outcome = loadTensorflowBackend({ directory: process.argv[2] });
if (outcome.loaded) {
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const weights = tf.variable(x, true, 'weights');
  const { grads } = tf.variableGrads(() => x.matMul(weights).sum());
  const product = [...x.matMul(x).dataSync()];
  const gradient = [...grads.weights.dataSync()];
  console.log(JSON.stringify({ version: outcome.version, directory: outcome.directory, product, gradient }));
} else {
  console.log(JSON.stringify({ reason: outcome.reason }));
}
