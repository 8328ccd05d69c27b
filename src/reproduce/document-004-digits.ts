/**
 * The digits of document 004: what it prints of its data, and its words "did not learn well", confirmed beside a
 * network that differs in its loss alone and does learn.
 */
import { obtain } from '../../datasets/acquire/obtain.ts';
import { datasets } from '../../datasets/index.ts';
import { published } from '../../datasets/published.ts';
import { models } from '../../models/index.ts';
import { type BackendName, useBackend } from '../backend/index.ts';
import { disposeBatch, makeBatch } from '../data/batches.ts';
import type { DataRequest, Examples } from '../data/dataset.ts';
import { parseIdxHeader } from '../data/formats/idx.ts';
import { beginning, isGzipped } from '../data/formats/unzip.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { lossAt, manual } from '../model/gradients.ts';
import { withParameters } from '../model/parameters.ts';
import { readRows, reportWithoutData, type Reading } from './compare.ts';
import printed from './printed/004.json' with { type: 'json' };
import type { Context } from './context.ts';
import type { Finding, Report } from './report.ts';
import { createOptimizer } from '../training/optimizers.ts';
import { trainStep } from '../training/train.ts';
import { silent } from '../utils/progress.ts';
import { RandomState } from '../utils/random.ts';
import { valuesOf } from '../utils/tensors.ts';
import { percent } from '../utils/text.ts';

/** Enough for the right loss to show; a second each. */
const epochsOfRightLoss = 3;

export async function digitsReport(context: Context): Promise<Partial<Report>> {
  const missing = await context.missingData('mnist');
  if (missing) return reportWithoutData(readings(), missing);
  const { fastBackend: backend, data } = context;
  const [twice, once, right] = await Promise.all([
    context.runDigits({ backend, data, scaledTwice: true }),
    context.runDigits({ backend, data, scaledTwice: false }),
    context.run({
      model: 'mnist',
      options: { hidden: 64, activation: 'sigmoid' },
      recipe: { ...models.mnist.presets!.document, epochs: epochsOfRightLoss, validation: 0 },
      backend,
      data: { ...data, seed: 777 },
      keep: [epochsOfRightLoss],
    }),
  ]);
  return {
    rows: readRows(readings(), twice, context.backend),
    findings: [
      ...[twice, once].map((outcome, i) => didNotLearn(outcome, i === 0 ? 'twice' : 'once')),
      learns(right.snapshots[epochsOfRightLoss].test.accuracy),
    ],
  };
}

/** What is printed of the data. */
function readings(): Reading<DigitsOutcome>[] {
  const { trainShape, testShape, firstLabel, largestOfFirst, smallestOfFirstTest, firstTarget } =
    printed.digits;
  const row = (item: string, text: string, of: Reading<DigitsOutcome>['of']): Reading<DigitsOutcome> => ({
    what: { document: '004', item: `MNIST: ${item}`, printed: text },
    of,
  });
  const shape = (name: string, texts: string[], of: (outcome: DigitsOutcome) => readonly number[]) =>
    ['', 'height of ', 'width of '].map((part, axis) =>
      row(`${part}${name} pictures`, texts[axis], (outcome) => of(outcome)[axis]),
    );
  return [
    ...shape('training', trainShape, (outcome) => outcome.trainShape),
    ...shape('test', testShape, (outcome) => outcome.testShape),
    row('first label', firstLabel, (outcome) => outcome.firstLabel),
    row(
      'largest pixel of the first picture, divided by 255 twice',
      largestOfFirst,
      (outcome) => outcome.largestOfFirst,
    ),
    row(
      'smallest pixel of the first test picture',
      smallestOfFirstTest,
      (outcome) => outcome.smallestOfFirstTest,
    ),
    ...firstTarget.map((text, k) =>
      row(`first target, class ${k}`, text, (outcome) => outcome.firstTarget[k]),
    ),
  ];
}

function didNotLearn({ steps }: DigitsOutcome, scaled: string): Finding {
  const last = steps.at(-1)!;
  return {
    document: '004',
    text:
      `"Did not learn well": after its two steps (pixels divided by 255 ${scaled}) the program as printed reads ` +
      `${percent(last.trainAccuracy)} of the training and ${percent(last.testAccuracy)} of the test digits; guessing reads 10 %.`,
    holds: last.testAccuracy < 0.2,
  };
}

const learns = (accuracy: number): Finding => ({
  document: '004',
  text:
    `The same network with its softmax row by row, its loss for ten classes and ${epochsOfRightLoss} real epochs ` +
    `reads ${percent(accuracy)} of the test digits.`,
  holds: accuracy > 0.8,
});

/** The document's seed, set again in `weight_init`; its batches continue the same stream. */
const seed = 777;
const batchSize = 100;
const learningRate = 0.1;
const steps = 2;

export interface DigitsJob {
  backend: BackendName;
  data: Omit<DataRequest, 'progress' | 'options' | 'seed'>;
  /** Pixels divided by 255 twice, as the values that the document prints show they were. */
  scaledTwice: boolean;
}

export interface DigitsOutcome {
  /** `[pictures, height, width]`, as the headers of the files say. */
  trainShape: readonly number[];
  testShape: readonly number[];
  firstLabel: number;
  /** Of the first picture, as the loss is given it: `[10]`. */
  firstTarget: number[];
  largestOfFirst: number;
  smallestOfFirstTest: number;
  /** After each step: loss of its batch, share of right answers. */
  steps: { loss: number; trainAccuracy: number; testAccuracy: number }[];
}

/**
 * Document 004's digits program, as its text has it: two steps, each on 100 rows drawn with replacement, which it
 * calls epochs. Runs in a worker thread; plain data in and out.
 */
export async function runDigitsProgram({ backend, data, scaledTwice }: DigitsJob): Promise<DigitsOutcome> {
  await useBackend(backend);
  const loaded = await datasets.mnist.load({ ...data, seed, options: {}, progress: silent });
  const scaled = (examples: Examples): Examples =>
    scaledTwice ? { ...examples, divisor: examples.divisor ** 2 } : examples;
  const [train, test] = [scaled(loaded.train), scaled(loaded.test)];
  const model = models.mnist.create({ hidden: 64, activation: 'sigmoid', asPrinted: true });
  const random = new RandomState(seed);
  const outcome: DigitsOutcome = {
    ...(await shapesOf(data)),
    firstLabel: train.labels[0],
    firstTarget: firstTarget(train),
    largestOfFirst: firstPicture(train).reduce((a, b) => Math.max(a, b)),
    smallestOfFirstTest: firstPicture(test).reduce((a, b) => Math.min(a, b)),
    steps: [],
  };
  const optimizer = createOptimizer('sgd');
  const initial = model.initial({ features: train.features, classes: 10, random });
  withParameters(initial, (parameters) => {
    for (let step = 0; step < steps; step++) {
      const batch = makeBatch(
        train,
        { task: 'multiclass', classes: 10 },
        random.choice(train.rows, batchSize),
      );
      trainStep(model, parameters, manual, optimizer, batch, learningRate);
      outcome.steps.push({
        loss: lossAt(model, parameters, batch.x, batch.y),
        trainAccuracy: evaluate(model, parameters, train, 10).accuracy,
        testAccuracy: evaluate(model, parameters, test, 10).accuracy,
      });
      disposeBatch(batch);
    }
  });
  optimizer.dispose();
  return outcome;
}

/** What the image files say of themselves. */
async function shapesOf(data: DigitsJob['data']): Promise<Pick<DigitsOutcome, 'trainShape' | 'testShape'>> {
  const obtained = await obtain(published.mnist, { ...data, seed, options: {}, progress: silent });
  if (obtained.source === 'built-in') throw new TypeError('stand-ins have no files');
  const [trainShape, testShape] = [obtained.files[0], obtained.files[2]].map(({ content, path }) => {
    const start = isGzipped(content) ? beginning(content, path) : content;
    return parseIdxHeader(start, path, 3).shape;
  });
  return { trainShape, testShape };
}

function firstTarget(examples: Examples): number[] {
  const batch = makeBatch(examples, { task: 'multiclass', classes: 10 }, [0]);
  const target = Array.from(valuesOf(batch.y));
  disposeBatch(batch);
  return target;
}

/** Pixels of the first picture, as the network sees them. */
const firstPicture = ({ inputs, features, divisor }: Examples): number[] =>
  Array.from(inputs.subarray(0, features), (pixel) => pixel / divisor);
