/** Where gradients are checked: at which points, at which entries, and on the way of two trainings. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import {
  gradientsAt,
  type PointOptions,
  centralDifferences,
  floorAt,
} from '../../../src/gradcheck/comparison.ts';
import { checkModel } from '../../../src/gradcheck/check.ts';
import { inferSize, pointsFor } from '../../../src/gradcheck/points.ts';
import { numericEntries } from '../../../src/model/gradients.ts';
import { sigmoidCrossEntropy, softmaxCrossEntropy, squaredError } from '../../../src/model/losses.ts';
import { defineModel, type Model } from '../../../src/model/model.ts';
import { constant, linear, sumRows, transposedMatMul } from '../../../src/model/operations.ts';
import { toVariables } from '../../../src/model/parameters.ts';
import { proveGradients } from '../../../src/gradcheck/proof/prove.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { tensorOf, valuesOf } from '../../../src/utils/tensors.ts';
import { tf, type Scalar, type Tensor } from '../../../src/utils/tf.ts';

type Task = 'multiclass' | 'binary' | 'regression';

const losses = { multiclass: softmaxCrossEntropy, binary: sigmoidCrossEntropy, regression: squaredError };

/** A layer of one unit for each output, and a parameter that nothing depends on. */
const layer = (task: Task, change: (bias: Tensor) => Tensor = (bias) => bias): Model =>
  defineModel({
    name: 'layer',
    task,
    initial({ features, classes, random }) {
      const outputs = task === 'binary' ? 1 : classes;
      return {
        weights: { shape: [features, outputs], values: random.randn(features * outputs) },
        bias: { shape: [outputs], values: random.randn(outputs) },
        unused: { shape: [7], values: random.randn(7) },
      };
    },
    forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }),
    loss: losses[task],
    gradients({ unused }, x, y, { logits }) {
      const predicted = {
        multiclass: () => logits.softmax(),
        binary: () => logits.sigmoid(),
        regression: () => logits,
      };
      const error = predicted[task]()
        .sub(y)
        .mul(constant(1 / x.shape[0]));
      return {
        weights: transposedMatMul(x, error),
        bias: change(sumRows(error)),
        unused: tf.zerosLike(unused),
      };
    },
  });

beforeAll(() => useBackend('float64'));

describe.each(['multiclass', 'binary', 'regression'] as const)('the points of a %s model', (task) => {
  const size = { features: 3, classes: { multiclass: 4, binary: 2, regression: 1 }[task] };
  const outputs = task === 'binary' ? 1 : size.classes;
  const random = new RandomState(5);
  const initial = layer(task).initial({ ...size, random });
  const oneHot = (labels: Iterable<number>) =>
    Float64Array.from(
      [...labels].flatMap((label) => {
        return outputs === 1 ? [label] : Array.from({ length: outputs }, (_, k) => (k === label ? 1 : 0));
      }),
    );
  const draw = (name: string, rows = 6) => ({
    name,
    rows,
    parameters: {
      weights: { shape: [3, outputs], values: random.normal(0, 1 / Math.sqrt(3), 3 * outputs) },
      bias: { shape: [outputs], values: random.normal(0, 1 / 2, outputs) },
      unused: { shape: [7], values: random.normal(0, 1 / 2, 7) },
    },
    x: random.randn(rows * 3),
    y: task === 'regression' ? random.randn(rows) : oneHot(random.randint(0, size.classes, rows)),
  });
  const drawn = ['draw 1', 'draw 2', 'initial values', 'all zero', 'one row', 'labels all first']
    .concat('labels all last', 'saturated', task === 'multiclass' ? ['tied logits'] : [])
    .concat('three rows', 'five rows')
    .map((name) => draw(name, { 'one row': 1, 'three rows': 3, 'five rows': 5 }[name]));
  const points = pointsFor(layer(task), size, 5, 2);
  const [first, second, atInitial, zero, oneRow, allFirst, allLast, saturated, ...rest] = points.map(
    ({ model, ...point }) => {
      expect(model.name).toBe('layer');
      return point;
    },
  );
  const times = (factor: number, { shape, values }: { shape: number[]; values: Iterable<number> }) => ({
    shape,
    values: Float64Array.from(values, (value) => factor * value || 0),
  });

  test('are drawn one after the other from the seed', () => {
    expect(points).toHaveLength(drawn.length);
    expect([first, second, oneRow]).toEqual([drawn[0], drawn[1], drawn[4]]);
    expect(rest.slice(-2)).toEqual(drawn.slice(-2));
  });

  test('are hard in one respect each', () => {
    expect(atInitial).toEqual({ ...drawn[2], parameters: initial });
    const { weights, bias, unused } = drawn[3].parameters;
    const nothing = { weights: times(0, weights), bias: times(0, bias), unused: times(0, unused) };
    expect(zero).toEqual({ ...drawn[3], parameters: nothing });
    const six = (label: number) => oneHot([label, label, label, label, label, label]);
    expect(allFirst).toEqual({ ...drawn[5], y: six(0) });
    expect(allLast).toEqual({ ...drawn[6], y: six(task === 'multiclass' ? 3 : 1) });
  });

  test('the saturated one is enlarged until a logit is 40', () => {
    const { parameters, x } = drawn[7];
    const { weights, bias } = parameters;
    const logits = Array.from({ length: 6 * outputs }, (_, i) => {
      const [row, k] = [Math.floor(i / outputs), i % outputs];
      return [0, 1, 2].reduce(
        (sum, j) => sum + x[3 * row + j] * weights.values[j * outputs + k],
        bias.values[k],
      );
    });
    const wanted = 40 / Math.max(...logits.map(Math.abs));
    // A range halved twenty times.
    const step = (2 ** Math.ceil(Math.log2(wanted)) - 1) / 2 ** 20;
    const factor = 1 + Math.floor((wanted - 1) / step) * step;
    const [w, b, u] = [weights, bias, parameters.unused].map((one) => times(factor, one));
    expect(saturated).toEqual({ ...drawn[7], parameters: { weights: w, bias: b, unused: u } });
  });

  test('the tied one has all logits of a row alike', () => {
    const [tied] = rest;
    if (task !== 'multiclass') return expect(tied.name).toBe('three rows');
    const { weights, bias, unused } = drawn[8].parameters;
    const alike = ({ shape, values }: typeof weights) => ({
      shape,
      values: values.map((_, i) => values[4 * Math.floor(i / 4)]),
    });
    expect(tied).toEqual({
      ...drawn[8],
      parameters: { weights: alike(weights), bias: alike(bias), unused },
    });
  });
});

test('what cannot be saturated is enlarged ten thousand times, and what is saturated is left', () => {
  const constantly = (logit: number): Model => ({
    ...layer('binary'),
    forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias).mul(0).add(logit) }),
  });
  const factorOf = (logit: number) => {
    const points = pointsFor(constantly(logit), { features: 2, classes: 2 }, 1, 1);
    const like = pointsFor(layer('binary'), { features: 2, classes: 2 }, 1, 1);
    const [{ weights }, before] = [points, like].map((some) => some.at(-3)!.parameters);
    return weights.values[1] / before.weights.values[1];
  };
  // The power of 2 that exceeds ten thousand; the factor of the saturated one is 1.
  expect(factorOf(0) / factorOf(41)).toBeCloseTo(2 ** 14, 0);
});

test('noise is drawn for each point, after its rows', () => {
  const asked: number[] = [];
  const noisy: Model = {
    ...layer('regression'),
    dropoutMasks(rows, random) {
      asked.push(rows);
      return { mask: { shape: [1], values: random.randn(1) } };
    },
  };
  const [point] = pointsFor(noisy, { features: 1, classes: 1 }, 2, 1);
  const random = new RandomState(2);
  // 9 initial values, 9 drawn ones, 6 inputs, 6 targets.
  random.randn(9);
  const [weights, bias, unused] = [
    random.normal(0, 1, 1),
    random.normal(0, 0.5, 1),
    random.normal(0, 0.5, 7),
  ];
  expect(point.parameters).toEqual({
    weights: { shape: [1, 1], values: weights },
    bias: { shape: [1], values: bias },
    unused: { shape: [7], values: unused },
  });
  random.randn(12);
  expect(point.noise).toEqual({ mask: { shape: [1], values: random.randn(1) } });
  expect(asked).toEqual([6, 6, 6, 1, 6, 6, 6, 3, 5]);
});

test.each([
  ['tensors', () => tf.zeros([5, 1]), 'a tensor'],
  ['other values', () => 3, 'no shape and values'],
])('initial parameters that are %s are refused in one sentence', (_, weights, what) => {
  const model = { ...layer('binary'), initial: () => ({ weights: weights() }) as never };
  const message = `layer: initial() returns ${what} for weights; return { shape, values }, with the values as a Float64Array.`;
  expect(() => inferSize(model)).toThrow(new InputError(message));
  expect(() => pointsFor(model, { features: 5, classes: 2 }, 1, 1)).toThrow(message);
  expect(() => proveGradients(model)).toThrow(message);
});

describe('the size of a model', () => {
  const fixed: Model = {
    ...layer('multiclass'),
    initial: ({ random }) => layer('multiclass').initial({ features: 7, classes: 4, random }),
  };

  test.each<[string, Model, Parameters<typeof inferSize>[1], ReturnType<typeof inferSize>]>([
    ['any, of classes', layer('multiclass'), undefined, { features: 5, classes: 3 }],
    ['given', layer('multiclass'), { features: 2, classes: 6 }, { features: 2, classes: 6 }],
    ['any, of two classes', layer('binary'), {}, { features: 5, classes: 2 }],
    ['any, of one number', layer('regression'), { classes: 8 }, { features: 5, classes: 1 }],
    ['shown by its weights', fixed, {}, { features: 7, classes: 4 }],
    ['shown by its weights in part', fixed, { features: 7, classes: 9 }, { features: 7, classes: 4 }],
  ])('%s', (_, model, given, size) => {
    const before = tf.memory().numTensors;
    expect(inferSize(model, given)).toEqual(size);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is an error naming the numbers of features that were tried', () => {
    const picky: Model = {
      ...fixed,
      forward() {
        throw new Error('I will not');
      },
    };
    const told = (tried: string) =>
      new RegExp(
        `^layer: its forward pass fails for ${tried} features: I will not \\(points\\.test\\.ts, line \\d+\\); give the right number with --features\\.$`,
      );
    expect(() => inferSize(picky)).toThrow(told('5, 7, 4'));
    expect(() => inferSize(picky, { features: 3 })).toThrow(told('3'));
  });
});

test('other settings of a model have points of their own', async () => {
  const { points, agrees } = await checkModel(layer('regression'), {
    ...{ draws: 1, entries: 1, size: { features: 2 }, variants: { 'of classes': layer('multiclass') } },
  });
  const hard = ['initial values', 'all zero', 'one row', 'labels all first', 'labels all last', 'saturated'];
  const odd = ['three rows', 'five rows'];
  const ofVariant = ['draw 1', ...hard, 'tied logits', ...odd].map((name) => `of classes, ${name}`);
  expect(points).toEqual(['draw 1', ...hard, ...odd, ...ofVariant]);
  // The regression has one output and the other model three.
  expect(agrees).toBe(true);
});

describe('at a point', () => {
  const tolerances = { analytic: 1e-10, numeric: 1e-7, floor: 0.01 };
  const size = { features: 5, classes: 4 };
  const [point] = pointsFor(layer('multiclass'), size, 3, 1);
  const at = (model: Model, options: Partial<PointOptions> = {}) => {
    const parameters = toVariables(point.parameters);
    const [x, y] = [tensorOf(point.x, [6, 5]), tensorOf(point.y, [6, 4])];
    const random = new RandomState(4);
    const sources = ['manual', 'autodiff', 'numeric'] as const;
    const found = gradientsAt(
      { model, parameters, x, y },
      { tolerances, sources, entries: 6, random, ...options },
    );
    return { found, weights: found.parameters[0], bias: found.parameters[1], next: random.rand(1)[0] };
  };
  /** With a mistake at one entry of the weights. */
  const wrongAt = (entry: number): Model => {
    const right = layer('multiclass');
    const mistake = Float64Array.from({ length: 20 }, (_, i) => (i === entry ? 1 : 0));
    return {
      ...right,
      gradients(...given) {
        const { weights, ...others } = right.gradients(...given);
        return { weights: weights.add(tensorOf(mistake, [5, 4])), ...others };
      },
    };
  };

  test('as many entries of each parameter are drawn as are wanted, in their order', () => {
    const random = new RandomState(4);
    const drawn = new Set<number>();
    while (drawn.size < 6) drawn.add(random.randint(0, 20, 1)[0]);
    const ofUnused = new Set<number>();
    while (ofUnused.size < 6) ofUnused.add(random.randint(0, 7, 1)[0]);
    const { found, weights, bias, next } = at(layer('multiclass'));
    expect([...weights.sampled]).toEqual([...drawn].sort((a, b) => a - b));
    expect([...bias.sampled]).toEqual([0, 1, 2, 3]);
    expect([...found.parameters[2].sampled]).toEqual([...ofUnused].sort((a, b) => a - b));
    expect(next).toBe(random.rand(1)[0]);
    // Where there are no more than are wanted nothing is drawn.
    const all = at(layer('multiclass'), { entries: 20 });
    expect([...all.weights.sampled]).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(all.next).toBe(new RandomState(4).rand(1)[0]);
  });

  test('three gradients of the same entries are compared', () => {
    const { found, weights } = at(layer('multiclass'));
    expect(found.differentiable).toBeCloseTo(found.measured, 14);
    expect(weights).toMatchObject({ name: 'weights', shape: [5, 4], kinks: 0, problem: undefined });
    weights.sampled.forEach((entry, i) => {
      expect(weights.numeric![i]).toBeCloseTo(weights.manual![entry], 8);
      expect(weights.autodiff![entry]).toBeCloseTo(weights.manual![entry], 14);
    });
    expect(Object.keys(weights.comparisons)).toEqual([
      'manualVsAutodiff',
      'manualVsNumeric',
      'autodiffVsNumeric',
    ]);
  });

  test('none is computed that is not asked for', () => {
    const keys = (...sources: PointOptions['sources'][number][]) => {
      const { found, weights } = at(layer('multiclass'), { sources });
      return [
        Object.keys(weights.comparisons).join(),
        weights.sampled.length,
        found.differentiable === undefined,
      ];
    };
    expect(keys('manual', 'numeric')).toEqual(['manualVsNumeric', 6, true]);
    expect(keys('autodiff', 'numeric')).toEqual(['autodiffVsNumeric', 6, false]);
    expect(keys('manual', 'autodiff')).toEqual(['manualVsAutodiff', 0, false]);
  });

  test('differences judge the entry that is doubtful, drawn or not', () => {
    const { sampled } = at(layer('multiclass')).weights;
    const others = Array.from({ length: 20 }, (_, i) => i).filter((i) => !sampled.includes(i));
    for (const entry of [others[0], others[5]]) {
      const { weights } = at(wrongAt(entry));
      expect([...weights.sampled]).toEqual([...sampled, entry]);
      expect(weights.comparisons.manualVsNumeric!.worst).toBe(entry);
      expect(weights.numeric![6]).toBeCloseTo(weights.autodiff![entry], 8);
    }
    const { weights } = at(wrongAt(sampled[3]));
    expect(weights.sampled).toEqual(sampled);
    expect(weights.comparisons.manualVsNumeric!.worst).toBe(sampled[3]);
    // Without autodiff nobody doubts.
    expect(at(wrongAt(others[0]), { sources: ['manual', 'numeric'] }).weights.sampled).toEqual(sampled);
  });

  test('the floor is a share of the loss, but at least of 1', () => {
    const floors = [0, 0.5, -1, 3, -8, Infinity, NaN].map((loss) => floorAt(tolerances, loss));
    expect(floors).toEqual([0.01, 0.01, 0.01, 0.03, 0.08, 0.01, 0.01]);
  });
});

describe('central differences', () => {
  /** The loss is a function of one number, beside a factor that is 0. */
  const differencesOf = (f: (w: number) => number, w: number, expected: number[], numeric: number) => {
    const model = {
      ...layer('binary'),
      loss: { ...sigmoidCrossEntropy, tensor: (z: Tensor) => z.sum<Scalar>().mul<Scalar>(0), value: () => 0 },
      regularizer: {
        tensor: () => tf.scalar(0),
        value: ({ bias }: Record<string, Tensor>) => f(valuesOf(bias)[1]),
      },
      forward: ({ weights }: Record<string, Tensor>, x: Tensor) => ({ logits: x.matMul(weights) }),
    } as unknown as Model;
    const parameters = toVariables({
      weights: { shape: [1, 1], values: new Float64Array(1) },
      bias: { shape: [2], values: Float64Array.of(5, w) },
    });
    const [x, y] = [tf.ones([1, 1]), tf.ones([1, 1])];
    const found = centralDifferences(
      { model, parameters, x, y },
      'bias',
      [1],
      expected.map((value) => [value]),
      { numeric },
      0.01,
    );
    const by = (step: number) => numericEntries(model, parameters, x, y, 'bias', [1], step)[0];
    return { value: found.values[0], kinks: found.kinks, by };
  };

  test('use a longer and a shorter step where the default one disagrees', () => {
    const cube = (w: number) => 1000 * w ** 3;
    const { value, kinks, by } = differencesOf(cube, 0.5, [750], 1e-11);
    const values = [1e-5, 1e-5 / 16, 8e-5].map(by);
    const nearest = values.sort((a, b) => Math.abs(a - 750) - Math.abs(b - 750))[0];
    expect(values[0]).not.toBe(by(1e-5));
    expect([value, kinks]).toEqual([nearest, 0]);
    // With a tolerance of ten times the error there is no second look.
    const off = Math.abs(by(1e-5) - 750) / 750;
    expect(differencesOf(cube, 0.5, [750], 10.5 * off).value).toBe(by(1e-5));
    expect(differencesOf(cube, 0.5, [750], 9.5 * off).value).toBe(nearest);
  });

  test('use the longer step where a large loss is rounded', () => {
    const { value, by } = differencesOf((w) => 1e7 + w, 0.5, [1], 1e-12);
    expect(value).toBe(by(8e-5));
    expect(Math.abs(value - 1)).toBeLessThan(Math.abs(by(1e-5) - 1));
  });

  test('beside a kink are one-sided; at a kink every subgradient is accepted', () => {
    expect(differencesOf(Math.abs, 3e-6, [1], 1e-7)).toMatchObject({ value: expect.closeTo(1, 8), kinks: 0 });
    const steep = (w: number) => (w < 0 ? -3 * w : 2 * w);
    expect(differencesOf(steep, 0, [1.5], 1e-7)).toMatchObject({ value: 1.5, kinks: 1 });
    expect(differencesOf(steep, 0, [-2.5, 9], 1e-7)).toMatchObject({ value: -2.5, kinks: 1 });
    expect(differencesOf(steep, 0, [9, 1.25], 1e-7)).toMatchObject({ value: 1.25, kinks: 1 });
    expect(differencesOf(steep, 0, [2.01], 1e-7).kinks).toBe(0);
    expect(differencesOf(steep, 0, [-3.01], 1e-7).kinks).toBe(0);
  });

  test('of a smooth loss report no kink', () => {
    expect(differencesOf((w) => w * w, 0, [2e-6], 1e-7)).toMatchObject({
      value: expect.closeTo(0, 12),
      kinks: 0,
    });
  });
});
