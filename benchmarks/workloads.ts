/**
 * What is measured: training jobs of the zoo's models, as shapes and settings. The rows are random numbers, because the
 * time of a step depends on their shape and not on their values. So a benchmark needs no data, and programs in other
 * languages train on exactly the same numbers.
 */
import { models } from '../models/index.ts';
import type { Examples } from '../src/data/dataset.ts';
import type { Model } from '../src/model/model.ts';
import type { ParameterSet } from '../src/model/parameters.ts';
import type { Recipe } from '../src/model/recipe.ts';
import { RandomState, type RandomStateSnapshot } from '../src/utils/random.ts';
import { defaultsOf, type OptionValue } from '../src/model/definition.ts';

export interface Workload {
  name: string;
  /** One line of description. */
  title: string;
  /** Name of the model in the zoo, and its options other than the defaults. */
  model: string;
  options: Record<string, OptionValue>;
  rows: number;
  features: number;
  classes: number;
  /** Units of the hidden layer (σ); 0 for none. */
  hidden: number;
  /** Filters of two 5×5 convolutions, each with ReLU and 2×2 max-pooling, on square images; missing for dense layers only. */
  filters?: [number, number];
  /** Columns of the logits: 1 with σ, else softmax. */
  outputs: number;
  batchSize: number | 'full';
  /** For the mean cross-entropy. */
  learningRate: number;
  /** Loss of the zoo's model ÷ mean cross-entropy. */
  lossScale: number;
  /** Whether inputs are pixels, kept as bytes until a batch needs them. */
  bytes: boolean;
  /** Of sequences: the recipe, with Adam, and whether they are of 3 to 11 tokens, as names are, or of `features`. */
  tokens?: { recipe: Partial<Recipe>; varyLength: boolean };
}

/** Mean and standard deviation by which `lenet` standardizes pixels. */
export const standardization = { mean: 0.1307, deviation: 0.3081 };

const plain = {
  options: {},
  classes: 2,
  hidden: 0,
  outputs: 1,
  batchSize: 'full',
  lossScale: 1,
  bytes: false,
} as const;

const lenet = (name: string, filters: [number, number]): Workload => ({
  ...plain,
  name,
  title: `28×28 → 5×5×${filters[0]} → 5×5×${filters[1]} → 10, ReLU, pooling; shuffled batches of 100 of 10 000 rows`,
  model: 'lenet',
  options: { filters },
  filters,
  rows: 10_000,
  features: 784,
  classes: 10,
  outputs: 10,
  batchSize: 100,
  learningRate: 0.01,
  bytes: true,
});

/** @param given model, options and recipe that are not the defaults */
const sequences = (
  name: string,
  title: string,
  given: Pick<Workload, 'model' | 'options' | 'features' | 'classes'> & Pick<Recipe, 'learningRate'>,
  recipe: Partial<Recipe> & { batchSize: number },
): Workload => ({
  ...plain,
  ...{ name, title, ...given, batchSize: recipe.batchSize },
  options: { ...defaultsOf(models[given.model]), context: given.features, ...given.options },
  rows: 1000,
  outputs: given.classes,
  tokens: { recipe: { optimizer: 'adam', epsilon: 1e-8, ...recipe }, varyLength: recipe.batchSize === 1 },
});

const recurrent = (model: string): Workload =>
  sequences(
    model,
    `${model} of 128 units, 50 tokens; batches of 50 of 1000 rows; Adam`,
    { model, options: { hidden: 128 }, features: 50, classes: 65, learningRate: 0.003 },
    { batchSize: 50, clipNorm: 5 },
  );

const list: Workload[] = [
  {
    ...plain,
    name: 'mnist',
    title: '784 → 64 → 10, σ, softmax; shuffled batches of 100 of 60 000 rows',
    model: 'mnist',
    options: { hidden: 64, activation: 'sigmoid' },
    rows: 60_000,
    features: 784,
    classes: 10,
    hidden: 64,
    outputs: 10,
    batchSize: 100,
    learningRate: 0.1,
    bytes: true,
  },
  lenet('lenet', [8, 16]),
  lenet('lenet-wide', [16, 32]),
  {
    ...plain,
    name: 'points',
    title: '2 → 2 → 1, σ; all 10 000 rows in every step',
    model: 'points',
    // Smaller than the default, with which probabilities come so near to 0 that Layers and Keras clip them.
    options: { outputWeights: [1, -1] },
    rows: 10_000,
    features: 2,
    hidden: 2,
    learningRate: 1,
  },
  {
    ...plain,
    name: 'cats',
    title: '12288 → 1, σ; all 209 rows in every step',
    model: 'cats',
    rows: 209,
    features: 12_288,
    // A tenth of the default: random pixels are brighter than photographs, and training would oscillate.
    learningRate: 0.0005,
    bytes: true,
  },
  {
    ...plain,
    name: 'breast-cancer',
    title: '30 → 10 → 1, σ; all 364 rows in every step',
    model: 'breast-cancer',
    options: { l2: 0 },
    rows: 364,
    features: 30,
    hidden: 10,
    learningRate: 0.1,
  },
  {
    ...plain,
    name: 'gates',
    title: '2 → 1, σ; all 4 rows in every step',
    model: 'gate',
    rows: 4,
    features: 2,
    learningRate: 0.2,
    // Half the sum over 4 rows.
    lossScale: 2,
  },
  sequences(
    'microgpt',
    'gpt of 1 layer, width 16, 4 heads; one sequence of 3 to 11 tokens in every step; Adam',
    { model: 'gpt', options: {}, features: 16, classes: 27, learningRate: 0.01 },
    { batchSize: 1, beta1: 0.85, beta2: 0.99 },
  ),
  sequences(
    'nano',
    'gpt of 4 layers, width 128, 4 heads, 64 tokens; batches of 12 of 1000 rows; AdamW, clipped gradients',
    {
      ...{ model: 'gpt', features: 64, classes: 65, learningRate: 1e-3 },
      options: { layers: 4, heads: 4, width: 128, norm: 'layer', activation: 'gelu' },
    },
    { batchSize: 12, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 },
  ),
  recurrent('lstm'),
  recurrent('gru'),
];

export const workloads: Record<string, Workload> = Object.fromEntries(
  list.map((workload) => [workload.name, workload]),
);

const dataSeed = 0;
/** Seed of initial weights and shuffling. */
export const trainingSeed = 1;

/** The first so many rows differ and the others repeat them: more would take long to draw and change no time. */
const distinctRows = 1000;

/**
 * The workload's rows: pixel bytes, or numbers in [−1.7, 1.7), whose variance is about 1. Labels are random.
 * Python draws the same numbers with `RandomState(0).rand`, see baselines/common.py.
 */
export function examplesOf({ rows, features, classes, bytes, tokens }: Workload): Examples {
  if (tokens) return tokensOf({ rows, features, classes, tokens });
  const random = new RandomState(dataSeed);
  const distinct = Math.min(rows, distinctRows);
  const uniform = random.rand(distinct * features);
  const first = bytes
    ? Uint8Array.from(uniform, (u) => Math.floor(256 * u))
    : uniform.map((u) => 1.7 * (2 * u - 1));
  const firstLabels = Uint8Array.from(random.rand(distinct), (u) => Math.floor(classes * u));
  const inputs = bytes ? new Uint8Array(rows * features) : new Float64Array(rows * features);
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row += distinct) {
    const fitting = Math.min(distinct, rows - row);
    inputs.set(first.subarray(0, fitting * features), row * features);
    labels.set(firstLabels.subarray(0, fitting), row);
  }
  return { rows, features, inputs, divisor: bytes ? 255 : 1, labels };
}

/** Random tokens, each the target of the one before it; of the last one the first is the target. */
function tokensOf({
  rows,
  features,
  classes,
  tokens,
}: Pick<Workload, 'rows' | 'features' | 'classes' | 'tokens'>): Examples {
  const random = new RandomState(dataSeed);
  const inputs = Int16Array.from(random.rand(rows * features), (u) => Math.floor(classes * u));
  const lengths = Array.from(random.rand(rows), (u) =>
    tokens!.varyLength ? 3 + Math.floor(9 * u) : features,
  );
  const labels = inputs.map((_, i) => {
    const [row, t] = [Math.floor(i / features), i % features];
    return t < lengths[row] ? inputs[row * features + ((t + 1) % features)] : -1;
  });
  return { rows, features, inputs, labels, divisor: 1 };
}

export const modelOf = ({ model, options }: Workload): Model =>
  models[model].create({ ...defaultsOf(models[model]), ...options, asPrinted: false });

/** The start of training with seed {@link trainingSeed}: initial weights, and the generator that then shuffles. */
export function startOf(workload: Workload): { initial: ParameterSet; random: RandomStateSnapshot } {
  const random = new RandomState(trainingSeed);
  const { features, classes } = workload;
  const initial = modelOf(workload).initial({ features, classes, random });
  return { initial, random: random.snapshot() };
}
