import { describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import {
  checkGradients,
  checkModel,
  expectGradientsToAgree,
  reportText,
} from '../../../src/gradcheck/check.ts';
import { type ParameterValues, zeros } from '../../../src/model/initializers.ts';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../../../src/model/losses.ts';
import { defineModel, type Model, type Tensors } from '../../../src/model/model.ts';
import { constant, linear, sumRows, transposedMatMul } from '../../../src/model/operations.ts';
import { l1l2 } from '../../../src/model/regularizers.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { valuesOf } from '../../../src/utils/tensors.ts';
import { type Scalar, tf } from '../../../src/utils/tf.ts';

/** Softmax regression, right as it stands. */
const regression = defineModel({
  name: 'regression',
  task: 'multiclass',
  initial: ({ features, classes }) => ({ weights: zeros([features, classes]), bias: zeros([classes]) }),
  forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }),
  loss: softmaxCrossEntropy,
  gradients(_, x, y, { logits }) {
    const dLogits = logits
      .softmax()
      .sub(y)
      .mul(constant(1 / x.shape[0]));
    return { weights: transposedMatMul(x, dLogits), bias: sumRows(dLogits) };
  },
});

const data = {
  x: [
    [0.2, -1.3],
    [0.7, 0.1],
    [-0.4, 2.2],
    [1.5, 0.3],
  ],
  y: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 1, 0],
  ],
};

/** The same model with its hand-written gradients changed. */
const changed = (change: (gradients: Tensors) => Tensors): Model => ({
  ...regression,
  gradients: (parameters, x, y, activations) => change(regression.gradients(parameters, x, y, activations)),
});

const reportOn = (change: (gradients: Tensors) => Tensors) => checkGradients(changed(change), data);

describe('correct gradients', () => {
  test('agree to ten digits, on given data', async () => {
    const report = await checkGradients(regression, data);
    expect(report).toMatchObject({ model: 'regression', backend: 'float64', agrees: true });
    expect(report.parameters.map(({ name, shape, entries }) => ({ name, shape, entries }))).toEqual([
      { name: 'weights', shape: [2, 3], entries: 6 },
      { name: 'bias', shape: [3], entries: 3 },
    ]);
    for (const { manualVsAutodiff, manualVsNumeric } of report.parameters) {
      expect(manualVsAutodiff?.maxRelative).toBeLessThan(1e-10);
      expect(manualVsNumeric?.maxRelative).toBeGreaterThan(0);
      expect(manualVsNumeric?.maxRelative).toBeLessThan(1e-7);
    }
  });

  test('agree for digits at random and at hard points, sampled', async () => {
    const report = await checkModel(
      models.mnist.create({ hidden: 9, activation: 'relu', asPrinted: false }),
      {
        size: { features: 50, classes: 10 },
        entries: 5,
      },
    );
    expect(report.agrees).toBe(true);
    expect(report.points).toEqual(expect.arrayContaining(['draw 3', 'all zero', 'saturated', 'tied logits']));
    expect(report.parameters[0]).toMatchObject({ shape: [50, 9], entries: 450, sampled: 5 });
  });

  test('leave no tensor and the backend as it was', async () => {
    await useBackend('wasm');
    const x = tf.tensor2d(data.x);
    const y = tf.tensor2d(data.y);
    await checkGradients(regression, { x, y });
    const before = tf.memory().numTensors;
    await expectGradientsToAgree(regression, { x, y });
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('wasm');
  });

  test('pass the check in float32 too', async () => {
    const report = await checkGradients(regression, data, { backend: 'wasm' });
    expect(report).toMatchObject({ backend: 'wasm', agrees: true });
    expect(report.parameters[0].manualVsAutodiff?.normwise).toBeLessThan(1e-5);
  });

  test('are drawn from the seed', async () => {
    const worst = async (seed: number) =>
      (await checkGradients(regression, data, { seed })).parameters[0].worst;
    expect(await worst(4)).toEqual(await worst(4));
    expect(await worst(4)).not.toEqual(await worst(5));
  });
});

describe('mistakes', () => {
  test('a wrong sign is named, at the parameter that has it alone', async () => {
    const report = await reportOn(({ weights, bias }) => ({ weights, bias: bias.neg() }));
    expect(report.agrees).toBe(false);
    expect(report.parameters.map(({ agrees }) => agrees)).toEqual([true, false]);
    expect(report.parameters[1].hint).toBe(
      'manual differs from both others: the gradient by hand is wrong. Its sign is wrong.',
    );
    const { manual, autodiff, numeric } = report.parameters[1].worst;
    expect(manual).toBeCloseTo(-autodiff!, 12);
    expect(numeric).toBeCloseTo(autodiff!, 8);
  });

  test.each<[string, (gradients: Tensors) => Tensors, RegExp]>([
    ['a missing 1/m', (g) => ({ ...g, weights: g.weights.mul(4) }), /m = 4 times too large: 1\/m is missing/],
    [
      'one wrong entry',
      (g) => ({ ...g, weights: g.weights.mul(tf.tensor2d([1, 1, 1, 1, 2, 1], [2, 3])) }),
      /1 of 6 entries are wrong/,
    ],
  ])('%s', async (_, change, hint) => {
    const report = await reportOn(change);
    expect(report.agrees).toBe(false);
    expect(report.parameters.find(({ agrees }) => !agrees)?.hint).toMatch(hint);
  });

  test('two infinite values never agree, and JSON still holds numbers', async () => {
    const endless = changed((g) => ({ ...g, bias: g.bias.add(1).div(0) }));
    const report = await checkGradients(endless, data, { sources: ['manual', 'autodiff'] });
    expect(report.agrees).toBe(false);
    expect(JSON.parse(JSON.stringify(report.parameters[1].manualVsAutodiff))).toEqual({
      maxAbsolute: Number.MAX_VALUE,
      maxRelative: Number.MAX_VALUE,
      normwise: Number.MAX_VALUE,
    });
    expect(report.parameters[1].worst.manual).toBeNull();
  });

  test('a derivation that fails is a finding, not a crash', async () => {
    const report = await reportOn(({ weights }) => ({ weights: weights.matMul(weights) }));
    expect(report.parameters[0].hint).toMatch(/manual failed: matMul of \[2, 3\] and \[2, 3\]/);
  });

  test('a typo is told once, with its line', async () => {
    const typo = changed((g) => ({ ...g, bias: (g as unknown as { bia: Tensors }).bia.bias }));
    const report = await checkGradients(typo, data);
    expect(report).toMatchObject({ agrees: false });
    expect(report.failure).toMatch(/^manual failed: Cannot read .* \(check\.test\.ts, line \d+\)$/);
    const text = reportText([report]);
    expect(text.match(/Cannot read/g)).toHaveLength(1);
    expect(text).toMatch(/regression on float64: FAILS/);
  });

  test('a ReferenceError in forward() is not taken for a wrong number of features', async () => {
    const typo: Model = {
      ...regression,
      forward: () => {
        throw new ReferenceError('lnear is not defined');
      },
    };
    await expect(checkModel(typo)).rejects.toThrow(/^lnear is not defined$/);
  });

  test('gradients wrong only for an odd number of rows differ', async () => {
    for (const odd of [3, 5]) {
      const wrong: Model = {
        ...regression,
        gradients(parameters, x, y, activations) {
          const { weights, bias } = regression.gradients(parameters, x, y, activations);
          return { weights: x.shape[0] === odd ? weights.mul(2) : weights, bias };
        },
      };
      const { parameters } = await checkModel(wrong, { draws: 1, entries: 1 });
      expect(parameters.map(({ agrees }) => agrees)).toEqual([false, true]);
    }
  });

  test('a plain number rounded to 32 bits is told from a wrong factor', async () => {
    const report = await reportOn(({ weights, bias }) => ({ weights: weights.mul(10).mul(0.1), bias }));
    expect(report.parameters[0].hint).toMatch(/It looks like a plain number, .* x\.mul\(constant\(0\.1\)\)/);
    const exact = await reportOn(({ weights, bias }) => ({
      weights: weights.mul(10).mul(constant(0.1)),
      bias,
    }));
    expect(exact.agrees).toBe(true);
    const wrong = await reportOn(({ weights, bias }) => ({ weights: weights.mul(constant(1 + 2e-6)), bias }));
    expect(wrong.parameters[0].hint).not.toMatch('plain number');
  });

  test('an integer power of negative numbers and 0 has a gradient by autodiff', async () => {
    const cube: Model = {
      ...regression,
      forward: ({ weights, bias }, x) => ({ logits: linear(x, weights.pow(3), bias) }),
      gradients(parameters, x, y, activations) {
        const { weights, bias } = regression.gradients(parameters, x, y, activations);
        return { weights: weights.mul(parameters.weights.square().mul(3)), bias };
      },
    };
    expect((await checkModel(cube, { draws: 1, entries: 2 })).agrees).toBe(true);
  });

  test('a forgotten penalty is recognised', async () => {
    const report = await checkGradients(
      { ...regression, regularizer: l1l2(['weights'], { l1: 0, l2: data.x.length }) },
      data,
    );
    expect(report.parameters[0].hint).toMatch(/difference is -1 times the parameter: .*L2/);
    expect(report.parameters[1].agrees).toBe(true);
  });

  test('two losses that differ are distinguished from a wrong gradient', async () => {
    const report = await checkGradients(
      {
        ...regression,
        loss: {
          ...softmaxCrossEntropy,
          value: (z, y, rows) => 2 * softmaxCrossEntropy.value(z, y, rows),
        },
      },
      data,
    );
    expect(report.agrees).toBe(false);
    expect(report.loss.agrees).toBe(false);
    expect(report.parameters[0].hint).toMatch(/numeric differs from both others/);
  });

  test('inside a test they make it fail with the report', async () => {
    const wrong = changed(({ weights, bias }) => ({ weights, bias: bias.neg() }));
    await expect(expectGradientsToAgree(wrong, data)).rejects.toThrow(/bias +3 +3 .* DIFFER[^]*manual /);
  });
});

describe('kinks', () => {
  const weight: ParameterValues = { shape: [1, 1], values: new Float64Array(1) };
  /** |w| at w = 0, with a slope of our choice there. */
  const absolute = (slopeAtZero: number) =>
    defineModel({
      name: 'absolute',
      task: 'binary',
      initial: () => ({ weight }),
      forward: ({ weight }, x) => ({ logits: x.matMul(weight) }),
      loss: { ...sigmoidCrossEntropy, tensor: (z) => z.sum<Scalar>().mul(0), value: () => 0 },
      regularizer: {
        tensor: ({ weight }) => weight.relu().sum(),
        value: ({ weight }) => Math.max(0, valuesOf(weight)[0]),
      },
      gradients: () => ({ weight: tf.fill([1, 1], slopeAtZero) }),
    });
  const check = (slope: number) =>
    checkGradients(
      absolute(slope),
      { x: [[1]], y: [[0]], parameters: { weight } },
      { sources: ['manual', 'numeric'] },
    );

  test('every subgradient is accepted, and counted', async () => {
    expect((await check(0)).parameters[0]).toMatchObject({ agrees: true, kinks: 1 });
    expect((await check(0.25)).parameters[0]).toMatchObject({ agrees: true, kinks: 1 });
    expect((await check(1)).agrees).toBe(true);
  });

  test('other values are rejected', async () => {
    expect((await check(1.01)).agrees).toBe(false);
    expect((await check(-0.01)).agrees).toBe(false);
  });
});

test('the report fits 80 columns', async () => {
  const report = await reportOn(({ weights, bias }) => ({
    weights: weights.mul(-3.123456789),
    bias: bias.neg(),
  }));
  const lines = reportText([report], { details: true }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

describe('hints about shapes', () => {
  test.each<[string, (gradients: Tensors) => Tensors, string]>([
    [
      'a transpose',
      (g) => ({ ...g, weights: g.weights.transpose() }),
      'manual has shape [3, 2] where the parameter has [2, 3]. A transpose is missing.',
    ],
    [
      'a length of 1',
      (g) => ({ ...g, bias: g.bias.expandDims() }),
      'manual has shape [1, 3] where the parameter has [3]. The numbers may be right: reshape them.',
    ],
    [
      'rows that are not summed',
      (g) => ({ ...g, bias: g.bias.expandDims().tile([4, 1]) }),
      'manual has shape [4, 3] where the parameter has [3]. A sum, over the rows say, is missing.',
    ],
    [
      'rows and more that are summed',
      (g) => ({ ...g, weights: g.weights.sum(0) }),
      'manual has shape [3] where the parameter has [2, 3]. It sums over too much.',
    ],
    [
      'other rows',
      (g) => ({ ...g, weights: g.weights.tile([2, 1]) }),
      'manual has shape [4, 3] where the parameter has [2, 3].',
    ],
    ['nothing', () => ({}), 'gradients() returns no weights; it returns nothing.'],
    [
      'another name',
      ({ bias }) => ({ bias, b: bias }),
      'gradients() returns no weights; it returns bias, b.',
    ],
  ])('%s', async (_, change, hint) => {
    const report = await reportOn(change);
    expect(report.parameters.find(({ agrees }) => !agrees)?.hint).toBe(hint);
  });
});

describe('what it is given', () => {
  const asked: unknown[] = [];
  const noisy: Model = {
    ...regression,
    initial({ random, ...size }) {
      asked.push(size);
      return regression.initial({ ...size, random });
    },
    dropoutMasks(rows, random) {
      asked.push(rows);
      return { mask: { shape: [rows, 1], values: random.rand(rows) } };
    },
    forward: ({ weights, bias }, x, noise) => ({
      logits: linear(x.mul(noise!.mask), weights, bias),
      ...noise,
    }),
    gradients({ weights }, x, y, { logits, mask }) {
      const dLogits = logits
        .softmax()
        .sub(y)
        .mul(constant(1 / x.shape[0]));
      expect(weights.shape).toEqual([x.shape[1], 3]);
      return { weights: transposedMatMul(x.mul(mask), dLogits), bias: sumRows(dLogits) };
    },
  };

  test('is one size, and noise for each point', async () => {
    const report = await checkGradients(noisy, data, { draws: 2 });
    expect([report.agrees, report.points]).toEqual([true, ['draw 1', 'draw 2']]);
    expect(asked).toEqual([{ features: 2, classes: 3 }, 4, 4]);
  });

  test('is all of it, whatever the seed, where parameters are given', async () => {
    const parameters = {
      weights: { shape: [2, 3], values: Float64Array.of(0.1, -0.2, 0.3, 0.4, 0, -1) },
      bias: { shape: [3], values: Float64Array.of(1, 0, -1) },
    };
    const { points, loss, sources, ...report } = await checkGradients(regression, { ...data, parameters });
    expect([points, report.parameters[1].worst.point]).toEqual([['given'], 'given']);
    const logits = data.x.map(([a, b]) =>
      [0, 1, 2].map((k) => a * parameters.weights.values[k] + b * parameters.weights.values[3 + k] + 1 - k),
    );
    const losses = logits.map(
      (z, row) => Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - z[data.y[row].indexOf(1)],
    );
    const mean = losses.reduce((sum, one) => sum + one, 0) / 4;
    expect(loss).toMatchObject({ agrees: true, measured: expect.closeTo(mean, 12) as unknown });
    expect(sources).toEqual(['manual', 'autodiff', 'numeric']);
    const other = await checkGradients(regression, { ...data, parameters }, { seed: 9 });
    expect(other.parameters).toEqual(report.parameters);
    await expect(
      checkGradients(regression, { ...data, parameters: { weights: parameters.weights } }),
    ).rejects.toThrow('data.parameters.bias: expected an object, received nothing.');
  });

  test.each<[string, unknown, string]>([
    [
      'rows of y',
      { x: [[1, 2]], y: [[1], [0]] },
      'x has 1 rows and y has 2; give one row of y for each of x.',
    ],
    ['no rows', { x: [], y: [] }, 'x needs at least one row with at least one number.'],
    ['empty rows', { x: [[]], y: [[1]] }, 'x needs at least one row with at least one number.'],
    ['long rows', { x: [[1, 2], [1]], y: [[1], [0]] }, 'The rows of x differ in length.'],
    ['no numbers', { x: [[1, 2]], y: [[NaN]] }, 'Not all of y are finite numbers.'],
    ['no list', { x: 7, y: [[1]] }, 'x: expected array, received number.'],
    ['no lists', { x: [1], y: [[1]] }, 'x.0: expected a list of numbers, received number.'],
  ])('is told what is wrong: %s', async (_, bad, message) => {
    await expect(checkGradients(regression, bad as never)).rejects.toThrow(new InputError(message));
  });

  test('is tensors of two dimensions, or arrays of numbers', async () => {
    const bad = { x: tf.ones([2, 2, 1]), y: data.y };
    await expect(checkGradients(regression, bad)).rejects.toThrow(
      'x must be [rows, columns], not [2, 2, 1].',
    );
    const typed = { x: data.x.map((row) => Float64Array.from(row)), y: tf.tensor2d(data.y) };
    const { seconds: _, ...report } = await checkGradients(regression, typed as never);
    const { seconds: __, ...usual } = await checkGradients(regression, data);
    expect(report).toEqual(usual);
  });

  test.each<[object, string]>([
    [{ seed: -1 }, 'options.seed: expected at least 0, received -1.'],
    [{ draws: 0 }, 'options.draws: expected at least 1, received 0.'],
    [{ entries: 1.5 }, 'options.entries: expected an integer, received 1.5.'],
    [{ tolerance: 0 }, 'options.tolerance: expected more than 0, received 0.'],
    [{ sources: ['manual', 'guess'] }, 'options.sources.1: expected manual or autodiff or numeric.'],
  ])('are options that make sense: %j', async (options, message) => {
    await expect(checkGradients(regression, data, options)).rejects.toThrow(new InputError(message));
    await expect(checkModel(regression, options)).rejects.toThrow(new InputError(message));
  });
});
