/** The library in a program that has loaded only the core of TensorFlow.js. */
import { expect, test } from '@jest/globals';
import { printedBy } from '../helpers/user-program.ts';

test('adds what @tensorflow/tfjs-core lacks to what the program has, and works on the fastest backend where none is chosen', async () => {
  const outcome = await printedBy(
    '@tensorflow/tfjs-core',
    `
    const { prototype } = tf.Tensor;
    prototype.square = function () { return tf.square(this); };
    tf.registerGradient({ kernelName: 'Square', gradFunc: (dy) => ({ x: () => dy }) });
    const missing = [prototype.matMul, tf.getGradient('Sigmoid')].filter(Boolean).length;
    first = snapshot();
    const zoo = await import('./src/index.ts');

    const trained = await zoo.train('gate', { epochs: 2 });
    const backends = [trained.backend, tf.engine().backendName];
    const { forward } = trained.model;
    trained.model.forward = (...args) => { backends.push(tf.getBackend()); return forward(...args); };
    await zoo.predict(trained, [[0, 1]]);
    backends.push(tf.engine().backendName);

    const { changed } = state();
    const slope = tf.grad((x) => x.sigmoid())(tf.scalar(0)).dataSync()[0];
    const own = tf.grad((x) => x.square())(tf.scalar(5)).dataSync()[0];
    console.log(JSON.stringify({ missing, changed, slope, own, backends }));`,
  );
  const backends = ['wasm', 'cpu', 'wasm', 'cpu'];
  expect(outcome).toEqual({ missing: 0, changed: [], slope: 0.25, own: 1, backends });
});
