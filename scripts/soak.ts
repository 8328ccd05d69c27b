/**
 * Trains for long and watches tensors, heap and memory: `npm run soak -- [steps] [picture.svg]`.
 * The default is 200 000 steps on wasm. Node.js must run with --expose-gc.
 */
import { models } from '../models/index.ts';
import { useBackend } from '../src/backend/index.ts';
import { writeFileAtomically } from '../src/node/files.ts';
import { manual } from '../src/core/gradients/manual.ts';
import { drawChart } from '../src/pictures/plots/echarts.ts';
import { RandomState } from '../src/core/random.ts';
import { tf } from '../src/core/tf.ts';
import { train } from '../src/core/training/train.ts';
import { plainRecipe } from '../src/core/recipe.ts';
import { median } from '../src/core/median.ts';

const steps = Number(process.argv[2] ?? 200_000);
const picture = process.argv[3];
const [rows, features, classes, batchSize] = [3200, 64, 10, 32];
const samplesWanted = 200;

const random = new RandomState(1);
const examples = {
  rows,
  features,
  divisor: 1,
  inputs: random.randn(rows * features),
  labels: Uint8Array.from(random.randint(0, classes, rows)),
};
const stepsPerEpoch = Math.ceil((rows * 0.9) / batchSize);
const epochs = Math.ceil(steps / stepsPerEpoch);
const every = Math.floor((epochs * stepsPerEpoch) / samplesWanted);

await useBackend('wasm');
const samples: { step: number; tensors: number; heap: number; memory: number }[] = [];
let step = 0;
const startedAt = performance.now();
await train(
  models.mnist.create({ hidden: 16, activation: 'relu', asPrinted: false }),
  { train: examples },
  {
    recipe: {
      ...plainRecipe,
      epochs,
      batchSize,
      optimizer: 'momentum',
      learningRate: 0.001,
      validation: 0.1,
    },
    gradients: manual,
    classes,
    // A record is meant to be kept; here nothing is to grow.
    recordEvery: epochs,
    onStep() {
      if (++step % every !== 0) return;
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      samples.push({
        step,
        tensors: tf.memory().numTensors,
        heap: heapUsed / 2 ** 20,
        memory: rss / 2 ** 20,
      });
    },
  },
);

/** The middle of a tenth of the samples: the second (the first warms up) and the last. */
const middleOf = (key: 'tensors' | 'heap' | 'memory', from: number): number => {
  const part = samples
    .slice(from * samples.length, (from + 0.1) * samples.length)
    .map((sample) => sample[key]);
  return median(part);
};
const growth = (key: 'tensors' | 'heap' | 'memory') => ({ from: middleOf(key, 0.1), to: middleOf(key, 0.9) });
const [tensors, heap, memory] = [growth('tensors'), growth('heap'), growth('memory')];
console.log(
  `${step} steps on wasm in ${((performance.now() - startedAt) / 1000).toFixed(0)} s, medians of the second and the last tenth:\n` +
    `tensors ${tensors.from} → ${tensors.to}\n` +
    `heap    ${heap.from.toFixed(1)} → ${heap.to.toFixed(1)} MiB\n` +
    `memory  ${memory.from.toFixed(1)} → ${memory.to.toFixed(1)} MiB (resident)`,
);
const flat = tensors.from === tensors.to && heap.to - heap.from < 4 && memory.to - memory.from < 30;
console.log(flat ? 'flat' : 'NOT flat');
process.exitCode = flat ? 0 : 1;

if (picture) {
  const line = (name: string, key: 'tensors' | 'heap' | 'memory') => ({
    name,
    type: 'line' as const,
    showSymbol: false,
    data: samples.map((sample) => [sample.step, sample[key]]),
  });
  const svg = await drawChart({
    title: { text: `Training for ${step} steps on wasm`, left: 'center', top: 8 },
    legend: { top: 36, itemGap: 40 },
    grid: { left: 70, right: 40, top: 76, bottom: 56 },
    xAxis: { type: 'value', name: 'step', nameLocation: 'middle', nameGap: 30, max: step },
    yAxis: { type: 'value', min: 0 },
    series: [
      line('resident memory, MiB', 'memory'),
      line('JavaScript heap, MiB', 'heap'),
      line('tensors', 'tensors'),
    ],
  });
  await writeFileAtomically(picture, svg);
}
