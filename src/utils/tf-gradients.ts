/** What the core of TensorFlow.js lacks: the gradients of its operations, and `x.matMul(w)` for `tf.matMul(x, w)`. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
