/** A model's figures on any number of rows: those of all rows at once, whatever the pieces. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import { makeBatch } from '../../../src/data/batches.ts';
import type { Examples, TargetScale } from '../../../src/data/dataset.ts';
import { WorkError } from '../../../src/utils/errors.ts';
import {
  halfSumSigmoidCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squaredError,
} from '../../../src/model/losses.ts';
import { defineModel, type Model } from '../../../src/model/model.ts';
import { l1l2 } from '../../../src/model/regularizers.ts';
import { evaluate, evaluateBatch, evaluateRows, outputsOf } from '../../../src/evaluation/evaluate.ts';
import {
  headlineOf,
  decidingProbabilities,
  predictedClasses,
  probabilitiesOf,
  countCorrect,
  sigmoid,
  Tally,
} from '../../../src/evaluation/metrics.ts';
import { predict } from '../../../src/evaluation/predict.ts';
import { rowFromValues } from '../../../src/data/row-from-values.ts';
import { inUnits, mainScores, RegressionTally } from '../../../src/evaluation/regression.ts';
import { tensorOf } from '../../../src/utils/tensors.ts';
import { tf } from '../../../src/utils/tf.ts';

beforeAll(() => useBackend('float64'));

/** Outputs are the inputs times a number. */
const scaling = (task: Model['task'], loss: Model['loss']): Model =>
  defineModel({
    name: 'scaling',
    ...{ task, loss, regularizer: l1l2(['times'], { l1: 2, l2: 0 }) },
    initial: () => ({}),
    forward: ({ times }, x) => ({ logits: tf.mul(x, times) }),
    gradients: () => ({}),
  });
const parameters = () => ({ times: tensorOf(Float64Array.of(3), [1]) });
const set = { times: { shape: [1], values: Float64Array.of(3) } };

const rows = 2001;
/** Numbers that tell rows apart, of either sign. */
const wave = (count: number) => Float64Array.from({ length: count }, (_, i) => Math.sin(i * i) / 3);
const examplesOf = (features: number, labels: Examples['labels'], target?: TargetScale): Examples => ({
  ...{ rows: labels.length, features, inputs: wave(labels.length * features), divisor: 1, labels },
  ...(target && { target }),
});
const classLabels = (classes: number) => Uint8Array.from({ length: rows }, (_, row) => (row * 7) % classes);
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

describe('of more rows than are looked at at once', () => {
  test.each([
    ['a mean', sigmoidCrossEntropy, 1],
    ['a sum', halfSumSigmoidCrossEntropy, rows / 2],
  ])('the loss is %s over all rows, with the penalty once', (_, loss, factor) => {
    const labels = classLabels(2);
    const examples = examplesOf(1, labels);
    const model = scaling('binary', loss);
    const { logits, outputs, loss: found } = outputsOf(model, parameters(), examples, 2);
    expect([logits, outputs]).toEqual([wave(rows).map((x) => 3 * x), 1]);
    const crossEntropy = mean(
      Float64Array.from(labels, (label, i) => Math.log1p(Math.exp(label ? -logits[i] : logits[i]))),
    );
    const penalty = (2 * 3) / rows;
    expect(found).toBeCloseTo(factor * crossEntropy + penalty, 10);
    const right = labels.filter((label, i) => Number(logits[i] > 0) === label).length;
    const all = evaluate(model, parameters(), examples, 2);
    expect([all.loss, all.accuracy, all.logLoss]).toEqual([
      found,
      right / rows,
      expect.closeTo(crossEntropy, 10),
    ]);
    expect('probabilities' in all).toBe(false);
    const batch = makeBatch(examples, { task: 'binary', classes: 2 });
    expect(evaluateBatch(model, parameters(), batch)).toEqual({
      ...{ loss: expect.closeTo(found, 10), accuracy: right / rows },
    });
  });

  test('only those in the order count', () => {
    const labels = classLabels(3);
    const examples = examplesOf(3, labels);
    const model = scaling('multiclass', softmaxCrossEntropy);
    const order = Int32Array.from({ length: 1001 }, (_, i) => rows - 1 - i);
    const { loss, accuracy, confusionMatrix } = evaluate(model, parameters(), examples, 3, order);
    const inputs = wave(3 * rows);
    const logits = (row: number) => Array.from(inputs.subarray(3 * row, 3 * row + 3), (x) => 3 * x);
    const losses = Array.from(order, (row) => {
      const z = logits(row);
      return Math.log(z.reduce((sum, one) => sum + Math.exp(one), 0)) - z[labels[row]];
    });
    expect(loss).toBeCloseTo(mean(losses) + 6 / 1001, 10);
    const matrix = [0, 1, 2].map(() => [0, 0, 0]);
    for (const row of order) matrix[labels[row]][logits(row).indexOf(Math.max(...logits(row)))]++;
    expect(confusionMatrix).toEqual(matrix);
    const right = matrix[0][0] + matrix[1][1] + matrix[2][2];
    expect(accuracy).toBe(right / 1001);
    expect(evaluateRows(model, parameters(), { examples, classes: 3, order })).toEqual({
      ...{ loss, accuracy: right / 1001 },
    });
  });

  test('a regression has no accuracy', () => {
    const target = { mean: 5, scale: 2 };
    const labels = Float64Array.from({ length: rows }, (_, row) => 5 + Math.cos(row));
    const examples = examplesOf(1, labels, target);
    const model = scaling('regression', squaredError);
    const errors = wave(rows).map((x, i) => 3 * x - (labels[i] - 5) / 2);
    const loss = expect.closeTo(mean(errors.map((e) => e * e)) / 2 + 6 / rows, 10);
    const all = evaluate(model, parameters(), examples, 1);
    const average = mean(labels);
    const spread = mean(labels.map((label) => (label - average) ** 2));
    expect(all).toEqual({
      loss,
      rmse: expect.closeTo(2 * Math.sqrt(mean(errors.map((e) => e * e))), 10),
      mae: expect.closeTo(2 * mean(errors.map(Math.abs)), 10),
      r2: expect.closeTo(1 - (4 * mean(errors.map((e) => e * e))) / spread, 10),
    });
    const batch = makeBatch(examples, { task: 'regression', classes: 1 });
    expect(evaluateBatch(model, parameters(), batch)).toEqual({ loss });
    const order = Int32Array.from({ length: rows }, (_, i) => i);
    expect(evaluateRows(model, parameters(), { examples, classes: 1, order })).toEqual({ loss });
  });
});

describe('predictions', () => {
  test('are the likeliest class, with the probability of each', () => {
    const inputs = Float64Array.of(0, 1, -1, 2, 0.5, 0);
    const found = predict(scaling('multiclass', softmaxCrossEntropy), set, inputs, 3, {
      classNames: ['a', 'b', 'c'],
    });
    const softmax = (...z: number[]) => {
      const sum = z.reduce((all, one) => all + Math.exp(3 * one), 0);
      return z.map((one): unknown => expect.closeTo(Math.exp(3 * one) / sum, 12));
    };
    expect(found).toEqual([
      { label: 'b', probabilities: softmax(0, 1, -1) },
      { label: 'a', probabilities: softmax(2, 0.5, 0) },
    ]);
    const p = 1 / (1 + Math.exp(-3));
    const close = (value: number): unknown => expect.closeTo(value, 12);
    const binary = (inputs: number[]) =>
      predict(scaling('binary', sigmoidCrossEntropy), set, Float64Array.from(inputs), 1, {
        classNames: ['no', 'yes'],
      });
    expect(binary([1, -1, 0])).toEqual([
      { label: 'yes', probabilities: [close(1 - p), close(p)] },
      { label: 'no', probabilities: [close(p), close(1 - p)] },
      { label: 'no', probabilities: [0.5, 0.5] },
    ]);
  });

  test('of a number are in its unit', () => {
    const model = scaling('regression', squaredError);
    const names = { classNames: ['y'] };
    expect(
      predict(model, set, Float64Array.of(0.5, 2), 1, { ...names, target: { mean: 10, scale: 4 } }),
    ).toEqual([
      { label: '16', probabilities: [], value: 16 },
      { label: '34', probabilities: [], value: 34 },
    ]);
    expect(predict(model, set, Float64Array.of(0.5), 1, names)).toEqual([
      { label: '1.5', probabilities: [], value: 1.5 },
    ]);
    expect([inUnits(3), inUnits(3, { mean: 1, scale: 2 })]).toEqual([3, 7]);
  });

  test('that are not finite are an error that names the input', () => {
    const model = scaling('multiclass', softmaxCrossEntropy);
    const work = (inputs: number[]) => () =>
      predict(model, set, Float64Array.from(inputs), 2, { classNames: ['a', 'b'] });
    const message = (input: number, value: string) =>
      new WorkError(
        `The model's output for input ${input} is ${value}, not a finite number: ` +
          'the weights or the input are too large for this backend.',
      );
    expect(work([1e308, 0, 0, 0])).toThrow(message(1, 'Infinity'));
    expect(work([0, 0, 0, -1e308])).toThrow(message(2, '-Infinity'));
  });
});

describe('rows of logits', () => {
  test('are probabilities and classes; of several outputs of a binary model the first decides', () => {
    const logits = Float64Array.of(2, -1, -3, 4, 0, 5);
    expect(Array.from(probabilitiesOf(logits, 'binary', 2))).toEqual(Array.from(logits, sigmoid));
    expect(Array.from(decidingProbabilities(logits, 'binary', 2))).toEqual([2, -3, 0].map(sigmoid));
    expect(decidingProbabilities(logits, 'multiclass', 3)).toEqual(probabilitiesOf(logits, 'multiclass', 3));
    expect(Array.from(predictedClasses(logits, 'binary', 2))).toEqual([1, 0, 0]);
    expect(Array.from(predictedClasses(logits, 'multiclass', 2))).toEqual([0, 1, 1]);
    expect(Array.from(predictedClasses(Float64Array.of(1, 1, 1), 'multiclass', 3))).toEqual([0]);
    expect(countCorrect(logits, 'binary', Uint8Array.of(1, 0, 1))).toBe(2);
    expect(countCorrect(logits, 'multiclass', Uint8Array.of(0, 0, 1))).toBe(2);
    expect([sigmoid(0), sigmoid(-800), sigmoid(800)]).toEqual([0.5, 0, 1]);
    for (const z of [0.3, 2, 30]) {
      expect(sigmoid(z)).toBeCloseTo(1 / (1 + Math.exp(-z)), 15);
      expect(sigmoid(-z) * Math.exp(z)).toBeCloseTo(sigmoid(z), 12);
    }
  });

  test.each([
    ['binary' as const, 1, 2],
    ['multiclass' as const, 3, 3],
  ])('of a %s model give the same figures in pieces', (task, outputs, classes) => {
    const count = 17;
    const labels = Uint8Array.from({ length: count }, (_, row) => (row * 5) % classes);
    const logits = wave(count * outputs);
    const figures = (...ends: number[]) => {
      const tally = new Tally(task, count, classes);
      [0, ...ends].forEach((start, i) => {
        const end = ends[i] ?? count;
        tally.add(logits.subarray(start * outputs, end * outputs), labels.subarray(start, end));
      });
      return tally.metrics();
    };
    const whole = figures();
    expect(figures(1, 9)).toEqual(whole);
    expect('averagePrecision' in whole).toBe(task === 'binary');
    expect('probabilities' in whole).toBe(false);
  });

  test('of four rows in two pieces are what can be counted by hand', () => {
    const [logits, labels] = [Float64Array.of(2, -1, 0.5, 0), Uint8Array.of(1, 0, 0, 1)];
    const tally = new Tally('binary', 4, 2);
    tally.add(logits.subarray(0, 1), labels.subarray(0, 1));
    tally.add(logits.subarray(1), labels.subarray(1));
    const apart = Array.from(logits, (z, i) => Math.abs(labels[i] - 1 / (1 + Math.exp(-z))));
    expect(tally.metrics()).toMatchObject({
      ...{ accuracy: 0.5, confusionMatrix: [[1, 1], [1, 1]], rocAuc: 0.75 }, // prettier-ignore
      averagePrecision: expect.closeTo((1 + 2 / 3) / 2, 12),
      brierScore: expect.closeTo(mean(apart.map((p) => p * p)), 12),
      logLoss: expect.closeTo(mean(apart.map((p) => -Math.log(1 - p))), 12),
    });
  });

  test('of up to sixteen rows are told one by one; of one class there is no area', () => {
    const tally = new Tally('binary', 16, 2);
    tally.add(wave(16), new Uint8Array(16));
    const found = tally.metrics();
    expect(found.probabilities).toEqual(Array.from(wave(16), sigmoid));
    expect('rocAuc' in found).toBe(false);
  });
});

test('R² keeps its digits where the target has a large offset', () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(numbers, numbers, (whole, errors) => {
      const labels = whole.map((value) => 1e9 + value / 4);
      fc.pre(new Set(labels).size > 1);
      const predicted = labels.map((label, i) => label + (errors[i] ?? 1) / 8);
      const tally = new RegressionTally();
      tally.add(Float64Array.from(predicted), Float64Array.from(labels));
      // Exact: sums of squares of whole numbers, of n² times the spread.
      const n = whole.length;
      const sum = whole.reduce((a, b) => a + b, 0);
      const spread = whole.reduce((total, value) => total + (n * value - sum) ** 2, 0) / (16 * n * n);
      const squares = whole.reduce((total, _, i) => total + ((errors[i] ?? 1) / 8) ** 2, 0);
      const right = 1 - squares / spread;
      expect(Math.abs(tally.metrics().r2 - right)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(right)));
    }),
  );
});

test('figures of numbers, in pieces: of those that are all alike R² is 1 where all are met, else 0', () => {
  const tally = new RegressionTally({ mean: 1, scale: 2 });
  tally.add(Float64Array.of(0, 1), Float64Array.of(2, 3));
  tally.add(Float64Array.of(2), Float64Array.of(7));
  // Predicted 1, 3, 5; true 2, 3, 7, whose mean is 4.
  const found = tally.metrics();
  expect(found).toEqual({
    ...{ rmse: Math.sqrt(5 / 3), mae: 1, r2: expect.closeTo(1 - 5 / 14, 14) },
  });
  const alike = (outputs: number[]) => {
    const tally = new RegressionTally();
    tally.add(Float64Array.from(outputs), Float64Array.of(3, 3));
    return tally.metrics().r2;
  };
  expect([alike([3, 3]), alike([3, 4])]).toEqual([1, 0]);
  const oneRow = () => {
    const tally = new RegressionTally();
    tally.add(Float64Array.of(3), Float64Array.of(4));
    return tally.metrics().r2;
  };
  expect(oneRow()).toBeNaN();
  const scores = { loss: 0.5, ...found };
  expect(mainScores(scores as never)).toEqual({ loss: 0.5, r2: found.r2, rmse: found.rmse });
  expect(mainScores({ loss: 1, accuracy: 0.5, logLoss: 2 } as never)).toEqual({ loss: 1, accuracy: 0.5 });
  expect(headlineOf({ r2: 0.45678 })).toEqual({ key: 'r2', name: 'R²', value: 0.45678, text: '0.4568' });
  expect(headlineOf({ accuracy: 0.98765 })).toEqual({
    ...{ key: 'accuracy', name: 'accuracy', value: 0.98765, text: '98.77 %' },
  });
});

describe('a row from values', () => {
  const preprocessings = {
    none: { kind: 'none' },
    standardise: { kind: 'standardise', mean: [1, 2], scale: [2, 4] },
    image: { kind: 'image', divisor: 255, width: 2, height: 1, channels: 1 },
    table: {
      kind: 'table',
      columns: [
        { name: 'a', mean: 1, scale: 2 },
        { name: 'b', categories: ['x', 'y'], fill: 'y' },
      ],
    },
  };
  const row = (kind: keyof typeof preprocessings, values: unknown) =>
    Array.from(
      rowFromValues(
        { file: { model: 'm', preprocessing: preprocessings[kind] as never }, features: 2 },
        values,
        'line 3',
      ),
    );

  test('is prepared as the training rows were', () => {
    expect(row('none', [5, 6])).toEqual([5, 6]);
    expect(row('standardise', [5, 6])).toEqual([2, 1]);
    expect(row('image', [255, 51])).toEqual([1, 0.2]);
    expect(row('table', [5, ' x '])).toEqual([2, 1, 0]);
    expect(row('table', ['3', null])).toEqual([1, 0, 1]);
    expect(row('table', { b: 'x', a: 7, c: [] })).toEqual([3, 1, 0]);
    expect(row('table', { a: 7 })).toEqual([3, 0, 1]);
  });

  test.each<[keyof typeof preprocessings, unknown, string]>([
    ['none', 'text', ' must be a list of finite numbers.'],
    ['none', [1, NaN], ' must be a list of finite numbers.'],
    ['none', [1, '2'], ' must be a list of finite numbers.'],
    ['none', [1, 2, 3], ' has 3 numbers; the model m takes 2.'],
    ['table', 5, ' must be a list of cells, or an object that names them.'],
    ['table', null, ' must be a list of cells, or an object that names them.'],
    ['table', [1], ' has 1 cells; the model takes 2: a, b.'],
    ['table', [1, {}], ': a cell is neither a number nor text.'],
    ['table', ['big', 'x'], ', column "a": "big" is not a finite number.'],
    [
      'table',
      Object.create({ a: 1, b: 'x' }),
      ', column "a": the cell is missing; train with --missing mean to fill such cells, or drop to leave their rows out.',
    ],
  ])('of %s refuses %p', (kind, values, message) => {
    expect(() => row(kind, values)).toThrow(new Error(`line 3${message}`));
  });

  test('names ten columns at most', () => {
    const told = (count: number) => {
      const columns = Array.from({ length: count }, (_, i) => ({ name: `c${i}`, mean: 0, scale: 1 }));
      const model = {
        file: { model: 'm', preprocessing: { kind: 'table' as const, columns } },
        features: count,
      };
      return () => rowFromValues(model, [1], 'it');
    };
    const ten = 'c0, c1, c2, c3, c4, c5, c6, c7, c8, c9';
    expect(told(10)).toThrow(new Error(`it has 1 cells; the model takes 10: ${ten}.`));
    expect(told(11)).toThrow(new Error(`it has 1 cells; the model takes 11: ${ten}, ….`));
  });
});
