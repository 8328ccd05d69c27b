/** Trains every network of the survey a little on one backend and prints what came out, a line of JSON each. */
import { loadLayersPackage } from '../../src/core/tf-layers.ts';
import { loadWasmPackage, tf } from '../../src/core/tf.ts';
import { useBackend, type BackendName } from '../../src/backend/index.ts';
import '../../src/node/tensorflow/register.ts';
import { networks, optimizers, type Network } from './layers.ts';

export interface Outcome {
  network: string;
  /** Losses of every epoch, then what the network predicts for every row. */
  numbers?: (number | null)[];
  failure?: string;
}

const [rows, classes, epochs, batchSize] = [20, 3, 4, 5];

async function fit({ input, words, layers, optimizer = 'adam', loss = 'categoricalCrossentropy' }: Network) {
  // A linear congruential generator (Numerical Recipes): any numbers will do, the same for all.
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

/** `wasm` is the zoo's, `stock` the package's own. */
const backend = process.argv[2] as BackendName | 'stock';
if (backend === 'stock') {
  await loadWasmPackage();
  await tf.setBackend('wasm');
} else await useBackend(backend);
for (const [network, description] of Object.entries(networks)) {
  let outcome: Outcome;
  try {
    outcome = { network, numbers: await fit(description) };
  } catch (error) {
    outcome = { network, failure: (error as Error).message.replace(/\s+/g, ' ').slice(0, 160) };
  }
  console.log(JSON.stringify(outcome));
}
process.exit(0);
