import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { autodiff, manual, type GradientSource } from '../../../src/model/gradients.ts';
import { randomForStep } from '../../../src/model/dropout-masks.ts';
import type { RandomState } from '../../../src/utils/random.ts';
import { disposeAll, type ParameterSet } from '../../../src/model/parameters.ts';
import { tf } from '../../../src/utils/tf.ts';
import { train } from '../../../src/training/train.ts';
import { DivergedError } from '../../../src/training/divergence.ts';
import { type TrainingOptions, type TrainingState } from '../../../src/training/types.ts';
import { defaultRecipe, type Recipe } from '../../../src/model/recipe.ts';
import { clouds } from '../../helpers/toy.ts';

const model = models.mnist.create({ hidden: 5, activation: 'sigmoid', asPrinted: false });
const data = { train: clouds(230, { features: 4, classes: 3 }) };
const recipe: Recipe = { ...defaultRecipe, epochs: 4, batchSize: 32, learningRate: 0.5, validation: 0.2 };

const run = (changes: Partial<Recipe> = {}, options: Partial<TrainingOptions> = {}, rows = data) =>
  train(model, rows, { recipe: { ...recipe, ...changes }, gradients: manual, classes: 3, ...options });

const largestDifference = (a: ParameterSet, b: ParameterSet): number =>
  Math.max(
    ...Object.keys(a).map((name) =>
      Math.max(...a[name].values.map((v, i) => Math.abs(v - b[name].values[i]))),
    ),
  );

beforeAll(async () => {
  await useBackend('wasm');
});

test('learns, and records every epoch', async () => {
  const { history, steps, trainRows, validationRows } = await run({ epochs: 30 });
  expect([trainRows, validationRows]).toEqual([184, 46]);
  expect(steps).toBe(30 * Math.ceil(184 / 32));
  expect(history.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(history.at(-1)!.loss).toBeLessThan(0.7 * history[0].loss);
  expect(history.at(-1)!.validationAccuracy).toBeGreaterThan(0.6);
});

test('draws the dropout masks of a step from the seed and the number of the step, one per row', async () => {
  const drawn: [number, number][] = [];
  const noisy = Object.create(model, {
    dropoutMasks: { value: (rows: number, random: RandomState) => (drawn.push([rows, random.random()]), {}) },
  }) as typeof model;
  const few = { ...recipe, epochs: 2, batchSize: 100, validation: 0, seed: 7 };
  await train(noisy, data, { recipe: few, gradients: manual, classes: 3 });
  expect(drawn).toEqual(
    [100, 100, 30, 100, 100, 30].map((rows, step) => [rows, randomForStep(7, step).random()]),
  );
});

test.each(['sgd', 'momentum', 'adam', 'rmsprop', 'adagrad'] as const)(
  '%s: one seed gives the same weights, another seed others; by hand and autodiff stay within 1e-5',
  async (optimizer) => {
    const changes = {
      optimizer,
      learningRate: 0.05,
    };
    const first = await run(changes);
    expect((await run(changes)).parameters).toEqual(first.parameters);
    expect((await run({ ...changes, seed: 2 })).parameters).not.toEqual(first.parameters);
    const byAutodiff = await run(changes, { gradients: autodiff });
    expect(largestDifference(first.parameters, byAutodiff.parameters)).toBeLessThan(1e-5);
  },
);

test.each(['sgd', 'momentum', 'adam', 'rmsprop', 'adagrad'] as const)(
  '%s: interrupted after any step and resumed, it ends bit for bit where it would have',
  async (optimizer) => {
    const changes = {
      optimizer,
      learningRate: 0.05,
      decay: 'cosine',
      patience: 50,
    } as const;
    const whole = await run(changes);
    for (const stopAt of [1, 6, 9, 12]) {
      let steps = 0;
      const { interrupted } = await run(changes, { shouldStop: () => ++steps === stopAt });
      expect(interrupted!.step).toBe(stopAt);
      const resumed = await run(changes, {
        resumeFrom: structuredClone(interrupted) as TrainingState,
      });
      expect(resumed.parameters).toEqual(whole.parameters);
      const withoutTime = (history: typeof whole.history) => history.map(({ seconds: _, ...rest }) => rest);
      expect(withoutTime(resumed.history)).toEqual(withoutTime(whole.history));
    }
  },
);

test('full batches take one step an epoch and record as often as asked', async () => {
  const { steps, history } = await run({ batchSize: 'full', epochs: 25 }, { recordEvery: 10 });
  expect(steps).toBe(25);
  expect(history.map(({ epoch }) => epoch)).toEqual([10, 20, 25]);
});

test('early stopping restores the best epoch and names it', async () => {
  const result = await run({ epochs: 400, learningRate: 3, patience: 5 });
  const best = result.history.reduce((a, b) => (b.validationLoss! < a.validationLoss! ? b : a));
  expect(result.restoredEpoch).toBe(best.epoch);
  expect(result.epochs).toBe(best.epoch + 5);
  const upToBest = await run({ epochs: best.epoch, learningRate: 3 });
  expect(result.parameters).toEqual(upToBest.parameters);
});

describe('divergence', () => {
  test('stops with the step and the tensor, and keeps the last good weights', async () => {
    const relu = models.mnist.create({ hidden: 5, activation: 'relu', asPrinted: false });
    const error = await train(relu, data, {
      recipe: { ...recipe, learningRate: 1e20 },
      gradients: manual,
      classes: 3,
    }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as DivergedError).message).toMatch(/diverged at step \d+: .*(loss|parameter)/);
    expect((error as DivergedError).message).toMatch(/(hidden|output)(Weights|Bias)/);
    const { lastGood } = error as DivergedError;
    expect(Object.values(lastGood).every(({ values }) => values.every(Number.isFinite))).toBe(true);
  });

  test('also where the last loss was finite and the step after it was not', async () => {
    const settings = { ...recipe, epochs: 1, batchSize: 'full' as const, learningRate: 1e38 };
    const softmax = models.softmax.create({ asPrinted: false });
    const inputs = Float64Array.from({ length: 8 }, (_, i) => 1000 * Math.sin(i));
    const rows = { rows: 4, features: 2, divisor: 1, inputs, labels: Uint8Array.of(0, 1, 2, 0) };
    const error = await train(
      softmax,
      { train: rows },
      { recipe: settings, gradients: manual, classes: 3 },
    ).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as DivergedError).message).toContain('parameter weights is not finite');
    expect((error as DivergedError).lastGood.weights.values.every((value) => value === 0)).toBe(true);
  });

  /** The rate rises a thousandfold at a step, as a wrong setting of a resumed run would. */
  const explodeAfter = async (
    stepsBefore: number,
    changes: Partial<Recipe>,
    batchSize: Recipe['batchSize'],
  ) => {
    const explode: GradientSource = (model, parameters, x, y) => {
      const found = manual(model, parameters, x, y);
      if (stepsBefore-- > 0) return found;
      const gradients = Object.fromEntries(
        Object.entries(found.gradients).map(([name, gradient]) => [name, gradient.mul(1e12)]),
      );
      disposeAll(found.gradients);
      return { ...found, gradients };
    };
    const relu = models.mnist.create({ hidden: 5, activation: 'relu', asPrinted: false });
    const options = { gradients: explode, classes: 3 };
    const settings = { ...recipe, batchSize, epochs: 100, learningRate: 0.05, ...changes };
    const error = await train(relu, data, { recipe: settings, ...options }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DivergedError);
    return { relu, settings, error: error as DivergedError };
  };

  test.each([
    ['full batches by sgd', 'full', 'sgd'],
    ['minibatches by sgd', 32, 'sgd'],
    ['minibatches by momentum', 32, 'momentum'],
  ] as const)(
    '%s: training goes on from the last good state, not from exploded weights',
    async (_, batchSize, optimizer) => {
      const changes = { optimizer };
      const epochs = 7;
      const before = tf.memory().numTensors;
      const stepsPerEpoch = batchSize === 'full' ? 1 : Math.ceil(184 / 32);
      const { relu, settings, error } = await explodeAfter(epochs * stepsPerEpoch, changes, batchSize);
      expect(tf.memory().numTensors).toBe(before);
      const { interrupted, trainRows, validationRows, ...result } = error.result;
      expect([trainRows, validationRows]).toEqual([184, 46]);
      expect([result.epochs, result.steps]).toEqual([epochs, epochs * stepsPerEpoch]);
      expect(interrupted!.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      // It is the state in which a training that was left alone would have been.
      const options = { recipe: { ...settings, epochs: 20 }, gradients: manual, classes: 3 };
      const resumed = await train(relu, data, { ...options, resumeFrom: interrupted });
      expect(resumed.parameters).toEqual((await train(relu, data, options)).parameters);
    },
  );

  test('before the first good record, that is the beginning', async () => {
    const { error } = await explodeAfter(0, {}, 32);
    expect(error.message).toMatch(/last good weights are the initial ones/);
    expect(error.result).toMatchObject({ epochs: 0, steps: 0, interrupted: { history: [], optimizer: {} } });
  });
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  afterAll(() => useBackend('wasm'));

  test.each(['sgd', 'momentum', 'adam', 'rmsprop', 'adagrad'] as const)(
    'nothing is left where %s throws at any step, whatever the batch',
    async (optimizer) => {
      for (const [batchSize, step] of [
        ['full', 1],
        [100, 1],
        [100, 3],
      ] as const) {
        await run({ optimizer, batchSize, epochs: 1 }); // Constants, such as 1/rows, are kept from the first use on.
        const before = tf.memory().numTensors;
        let steps = 0;
        const failing: GradientSource = (...args) => {
          const result = manual(...args);
          if (++steps === step) Object.values(result.gradients)[1].dispose();
          return result;
        };
        await expect(run({ optimizer, batchSize }, { gradients: failing })).rejects.toThrow();
        expect(tf.memory().numTensors).toBe(before);
      }
    },
  );
});

test.each([
  ['clipNorm', 0.01],
  ['warmupSteps', 5],
  ['weightDecay', 0.5],
  ['beta1', 0.5],
  ['beta2', 0.9],
  ['epsilon', 0.1],
] as const)('the setting %s reaches the training', async (name, value) => {
  const changes = { optimizer: 'adam', learningRate: 0.01, epochs: 1 } as const;
  const [plain, changed] = [await run(changes), await run({ ...changes, [name]: value })];
  expect(largestDifference(plain.parameters, changed.parameters)).toBeGreaterThan(1e-4);
});

describe('by steps in place of epochs', () => {
  const bySteps = {
    steps: 13,
    optimizer: 'adam',
    learningRate: 0.01,
    decay: 'linear',
    warmupSteps: 3,
    clipNorm: 0.5,
  } as const;

  test('training ends after that many, in the middle of an epoch, and records every few of them', async () => {
    // 184 training rows make 6 steps an epoch.
    const { steps, epochs, history } = await run(bySteps, { recordEvery: 4 });
    expect([steps, epochs]).toEqual([13, 2]);
    expect(history.map(({ step }) => step)).toEqual([4, 8, 12, 13]);
    expect(history.map(({ epoch }) => epoch)).toEqual([4 / 6, 8 / 6, 2, 13 / 6]);
    expect(history.every(({ validationLoss }) => Number.isFinite(validationLoss))).toBe(true);
  });

  test('each record has the mean loss since the one before', async () => {
    const losses: number[] = [];
    const { history } = await run(
      { ...bySteps, batchSize: 'full' },
      { recordEvery: 5, onStep: ({ loss }) => losses.push(loss) },
    );
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    const expected = [losses.slice(0, 5), losses.slice(5, 10), losses.slice(10)].map(mean);
    history.forEach(({ loss }, i) => expect(loss).toBeCloseTo(expected[i], 12));
    expect(history).toHaveLength(3);
  });

  test.each([1, 4, 5, 7, 12])(
    'interrupted after step %i and resumed, it ends bit for bit where it would have',
    async (stopAt) => {
      const whole = await run(bySteps, { recordEvery: 4 });
      let steps = 0;
      const { interrupted } = await run(bySteps, { recordEvery: 4, shouldStop: () => ++steps === stopAt });
      const resumeFrom = structuredClone(interrupted) as TrainingState;
      const resumed = await run(bySteps, { recordEvery: 4, resumeFrom });
      expect(resumed.parameters).toEqual(whole.parameters);
      const untimed = ({ history }: typeof whole) => history.map(({ seconds: _, ...record }) => record);
      expect(untimed(resumed)).toEqual(untimed(whole));
    },
  );
});

describe('callbacks', () => {
  const later = <T>(value: () => T) => new Promise<void>((done) => setTimeout(() => done(void value())));

  test.each(['onStep', 'onEpoch'] as const)('%s is awaited before training goes on', async (name) => {
    const log: string[] = [];
    const { epochs, steps } = await run(
      { epochs: 3, batchSize: 'full' },
      {
        [name]: () => (log.push('called'), later(() => log.push('done'))),
      },
    );
    expect([epochs, steps]).toEqual([3, 3]);
    expect(log.join()).toBe(Array(3).fill('called,done').join());
  });

  test.each(['onStep', 'onEpoch', 'onCheckpoint'] as const)(
    'a rejection of %s reaches the caller',
    async (name) => {
      const before = tf.memory().numTensors;
      const fails = () => Promise.reject(new Error('the disk is full'));
      const options = { [name]: fails, checkpointDue: () => true };
      await expect(run({}, options)).rejects.toThrow(/^the disk is full$/);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test.each(['onStep', 'onEpoch'] as const)('a backend that %s changes ends the training', async (name) => {
    const changes = async () => void (await tf.setBackend('cpu'));
    try {
      // In the last epoch, too, no step follows that could notice.
      for (const epochs of [1, 3]) {
        await expect(run({ epochs, batchSize: 'full' }, { [name]: changes })).rejects.toThrow(
          /The backend was changed from wasm to cpu during the training/,
        );
        await tf.setBackend('wasm');
      }
    } finally {
      await tf.setBackend('wasm');
    }
  });
});
