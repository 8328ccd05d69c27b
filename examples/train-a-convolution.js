/**
 * A convolutional network by TensorFlow.js's Layers, trained in Node.js without its native library: the wasm backend does it once it is
 * repaired. `convolution-page/` runs the same program in a page.
 *
 *   npm install @tensorflow/tfjs backprop-zoo
 *   node train-a-convolution.js
 */
import * as tf from '@tensorflow/tfjs';
import 'backprop-zoo/wasm';

await tf.setBackend('wasm');
tf.enableProdMode();

// Pictures of 12×12: a bright bar that lies (class 0) or stands (class 1), in noise.
const [count, side] = [400, 12];
const pixels = await tf.randomUniform([count * side * side], 0, 0.5, 'float32', 1).data();
const labels = Array.from({ length: count }, (_, i) => i % 2);
for (let i = 0; i < count; i++) {
  const [at, from] = [i % side, i % 5];
  for (let j = from; j < from + 7; j++) {
    const place = labels[i] ? j * side + at : at * side + j;
    pixels[i * side * side + place] += 0.5;
  }
}
const x = tf.tensor4d(pixels, [count, side, side, 1]);
const y = tf.oneHot(tf.tensor1d(labels, 'int32'), 2).toFloat();

const { conv2d, dense, flatten, maxPooling2d } = tf.layers;
const model = tf.sequential({
  layers: [
    conv2d({ filters: 8, kernelSize: 5, activation: 'relu', inputShape: [side, side, 1] }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 2, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const startedAt = Date.now();
const { history } = await model.fit(x, y, { epochs: 20, batchSize: 20, verbose: 0 });
const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
const accuracy = Number(history.acc.at(-1)).toFixed(3);
export const summary = `accuracy ${accuracy} after 20 epochs, ${seconds} s on ${tf.getBackend()}`;
console.log(summary);
