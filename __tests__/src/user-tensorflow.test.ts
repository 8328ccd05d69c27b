/** The library in a program that already uses TensorFlow.js, in its own process. */
import { expect, test } from '@jest/globals';
import { printedBy } from '../helpers/user-program.ts';

const unchanged = { changed: [], backend: 'cpu' };

test('replaces nothing of @tensorflow/tfjs and restores its backend, also after errors', async () => {
  const states = await printedBy(
    '@tensorflow/tfjs',
    `
    const states = {};
    const after = (what) => { states[what] = state(); };
    await tf.setBackend('cpu');
    after('before');
    const zoo = await import('./src/index.ts');
    after('import');
    const trained = await zoo.train('gate', { epochs: 2, backend: 'wasm' });
    after('train');
    await zoo.predict(trained, [[0, 1]]);
    after('predict');
    const model = zoo.models.gate.create({ gate: 'and', asPrinted: false });
    const data = { x: [[0, 1]], y: [[1]] };
    await zoo.checkGradients(model, data);
    after('checkGradients');
    const broken = { ...model, gradients() { throw new Error('broken on ' + tf.getBackend()); } };
    const messageOf = (work) => work.then(() => 'no error', ({ message }) => message);
    const errors = [
      await messageOf(zoo.train({ ...zoo.models.gate, create: () => broken }, { epochs: 2, backend: 'wasm' })),
      await messageOf(zoo.checkGradients({ ...model, forward: broken.gradients }, data)),
    ];
    after('errors');
    await Promise.all([
      zoo.train('gate', { epochs: 2, backend: 'float64' }),
      zoo.train('gate', { epochs: 2, backend: 'wasm' }),
      zoo.predict(trained, [[0, 1]]),
    ]);
    after('concurrent work');
    await zoo.proveGradients(model, {});
    after('proveGradients');
    await zoo.useBackend('wasm');
    await zoo.checkGradients(model, data);
    console.log(JSON.stringify({ states, errors, used: tf.getBackend() }));`,
  );
  expect(states).toEqual({
    states: {
      before: unchanged,
      import: unchanged,
      train: unchanged,
      predict: unchanged,
      checkGradients: unchanged,
      errors: unchanged,
      'concurrent work': unchanged,
      proveGradients: unchanged,
    },
    errors: ['broken on wasm', 'broken on float64'],
    used: 'wasm',
  });
});
