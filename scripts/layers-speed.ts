/**
 * How long `tf.layers` takes to fit on the wasm backend as its package brings it, with our kernels, and on TensorFlow's library (one
 * thread): `npm run layers-speed -- [--repeats 7]`. Every contestant trains in a process of its own; rounds are interleaved.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { useBackend } from '../src/backend/index.ts';
import { loadLayersPackage } from '../src/core/tf-layers.ts';
import { tf } from '../src/core/tf.ts';
import '../src/node/tensorflow/register.ts';
import { median } from '../src/core/median.ts';
import { usePlainBackend } from '../src/studies/bench/plain-backend.ts';
import { markdownTable } from '../src/studies/table.ts';
import { wordsOf } from './words.ts';

const contestants = ['stock', 'ours', 'tensorflow'] as const;
type Contestant = (typeof contestants)[number];

const [rows, batchSize] = [2000, 100];
const tfl = await loadLayersPackage();
const { batchNormalization, conv2d, dense, flatten, gru, lstm, maxPooling2d, reLU } = tfl.layers;
const output = () => dense({ units: 10, activation: 'softmax' });
const relu = { activation: 'relu' } as const;

/** The shape of a row, and the layers. Convolutions do not train on the stock backend. */
const networks = {
  'dense 784-128-10': {
    input: [784],
    layers: () => [dense({ units: 128, ...relu, inputShape: [784] }), output()],
  },
  'LSTM 28×28-64': { input: [28, 28], layers: () => [lstm({ units: 64, inputShape: [28, 28] }), output()] },
  'GRU 28×28-64': { input: [28, 28], layers: () => [gru({ units: 64, inputShape: [28, 28] }), output()] },
  'convolutions 5×5, 8 and 16 filters': {
    input: [28, 28, 1],
    layers: () => [
      conv2d({ filters: 8, kernelSize: 5, ...relu, inputShape: [28, 28, 1] }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 16, kernelSize: 5, ...relu }),
      maxPooling2d({ poolSize: 2 }),
      ...[flatten(), output()],
    ],
  },
  'the same with batch normalisation': {
    input: [28, 28, 1],
    layers: () => [
      conv2d({ filters: 8, kernelSize: 5, useBias: false, inputShape: [28, 28, 1] }),
      ...[batchNormalization(), reLU(), maxPooling2d({ poolSize: 2 })],
      conv2d({ filters: 16, kernelSize: 5, useBias: false }),
      ...[batchNormalization(), reLU(), maxPooling2d({ poolSize: 2 })],
      ...[flatten(), output()],
    ],
  },
} satisfies Record<string, { input: number[]; layers: () => object[] }>;
type Network = keyof typeof networks;
const names = Object.keys(networks) as Network[];

/** In a process of its own: for every line on standard input one epoch, and the milliseconds of a step as a line. */
async function contest(contestant: Contestant, name: Network): Promise<void> {
  await (contestant === 'stock'
    ? usePlainBackend('wasm')
    : useBackend(contestant === 'ours' ? 'wasm' : contestant));
  const { input, layers } = networks[name];
  const model = tfl.sequential({ layers: layers() });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'categoricalCrossentropy' });
  const x = tf.randomUniform([rows, ...input], 0, 1, 'float32', 1);
  const y = tf
    .oneHot(
      tf.tensor1d(
        Array.from({ length: rows }, (_, i) => i % 10),
        'int32',
      ),
      10,
    )
    .toFloat();
  for await (const _ of createInterface({ input: process.stdin })) {
    const startedAt = performance.now();
    await model.fit(x, y, { epochs: 1, batchSize, verbose: 0 });
    console.log((performance.now() - startedAt) / (rows / batchSize));
  }
}

/** One that waits for rounds; undefined where it cannot train this network here. */
async function start(contestant: Contestant, network: Network) {
  const script = fileURLToPath(import.meta.url);
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, '--contest', contestant, '--network', network],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const round = async (): Promise<number | undefined> => {
    child.stdin.write('\n');
    const line = await lines.next();
    return line.done ? undefined : Number(line.value);
  };
  child.stdin.on('error', () => undefined);
  const warmedUp = await round();
  if (warmedUp === undefined) return undefined;
  return { round, end: () => child.stdin.end() };
}

const values = wordsOf(import.meta.url, {
  repeats: { type: 'string', default: '7' },
  contest: { type: 'string' },
  network: { type: 'string' },
});

if (values.contest) {
  await contest(values.contest as Contestant, values.network as Network);
} else {
  const repeats = Number(values.repeats);
  if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats takes a whole number from 1 on.');
  const table: string[][] = [];
  for (const network of names) {
    process.stderr.write(`${network}\n`);
    const present = await Promise.all(contestants.map((contestant) => start(contestant, network)));
    const times = contestants.map((): number[] => []);
    for (let i = 0; i < repeats; i++) {
      for (const [k, contestant] of present.entries()) {
        const time = await contestant?.round();
        if (time !== undefined) times[k].push(time);
      }
    }
    for (const contestant of present) contestant?.end();
    const [stock, ours, tensorflow] = times;
    const ratio = (others: number[]): string =>
      others.length ? median(ours.map((time, i) => time / others[i])).toPrecision(2) : '–';
    const best = (own: number[]): string => (own.length ? median(own).toPrecision(3) : 'fails');
    table.push([network, best(stock), best(ours), best(tensorflow), ratio(stock), ratio(tensorflow)]);
  }
  const head = ['ms a step', 'wasm, stock', 'wasm, ours', 'tensorflow', 'ours ÷ stock', 'ours ÷ tensorflow'];
  console.log(markdownTable({ head, rows: table }, 1));
}
