/**
 * Adds TensorFlow's native library to the backends. Imported for this effect by every program that runs in Node: the
 * package's entry, the command line, worker threads.
 */
import { registerBackend } from '../index.ts';
import { tf } from '../../utils/tf.ts';

registerBackend('tensorflow', async (threads) => {
  const { loadTensorflowBackend } = await import('./tensorflow.ts');
  const outcome = loadTensorflowBackend(threads);
  if (!outcome.loaded) return { ready: false, why: outcome.reason };
  await tf.setBackend('tensorflow');
  const used = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return { ready: true, about: `TensorFlow ${outcome.version}, ${used} thread${used === 1 ? '' : 's'}` };
});
