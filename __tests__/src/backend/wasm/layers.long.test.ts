/** Networks of TensorFlow.js Layers trained on our wasm backend, compared with the same training in double precision. */
import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { tf } from '../../../../src/utils/tf.ts';
import { loadLayersPackage } from '../../../../src/utils/tf-layers.ts';
import { networks, optimizers, type Network } from '../../../helpers/layers-networks.ts';

const [rows, classes, epochs, batchSize] = [20, 3, 4, 5];
/** After 16 steps. Correct results differ by less than 10⁻⁵, wrong ones by more than 10⁻³. */
const tolerance = 1e-4;

/** Trains a network. @returns the loss of every epoch, then the predictions for every row */
async function fit({ input, words, layers, optimizer = 'adam', loss = 'categoricalCrossentropy' }: Network) {
  // A linear congruential generator (Numerical Recipes): the same inputs on every backend.
  let state = 12345;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const size = input.reduce((product, length) => product * length, rows);
  const x = Float32Array.from({ length: size }, () =>
    words ? Math.floor(random() * words) : 2 * random() - 1,
  );
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  const model = (await loadLayersPackage()).sequential({ layers: layers() });
  model.compile({ optimizer: optimizers[optimizer](), loss });
  const inputs = tf.tensor(x, [rows, ...input]);
  const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat();
  const { history } = await model.fit(inputs, targets, { epochs, batchSize, shuffle: false, verbose: 0 });
  const predicted = (model.predict(inputs) as typeof inputs).dataSync<'float32'>();
  return [...(history.loss as number[]), ...predicted];
}

async function fitAll(backend: 'wasm' | 'float64'): Promise<Record<string, number[]>> {
  await useBackend(backend);
  const results: Record<string, number[]> = {};
  for (const [name, network] of Object.entries(networks)) results[name] = await fit(network);
  return results;
}

let reference: Record<string, number[]>;
let ours: Record<string, number[]>;
beforeAll(async () => {
  reference = await fitAll('float64');
  ours = await fitAll('wasm');
}, 120_000);

test.each(Object.keys(networks))('the wasm backend trains "%s" as double precision does', (name) => {
  expect(reference[name]).toHaveLength(epochs + rows * classes);
  const differences = ours[name].map((value, i) => Math.abs(value - reference[name][i]));
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance);
});
