/** Losses of logits must be finite and right, in value and gradient, wherever training may drive the logits. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { batchSoftmaxBinaryCrossEntropy } from '../../../models/batch-softmax-loss.ts';
import { describeOnEach } from '../../helpers/backends.ts';
import fc from 'fast-check';
import { backendNames, useBackend } from '../../../src/backend/index.ts';
import { normal, uniform, zeros } from '../../../src/model/initializers.ts';
import {
  halfSumSigmoidCrossEntropy,
  type Loss,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from '../../../src/model/losses.ts';
import { l1l2 } from '../../../src/model/regularizers.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { tensorOf, valuesOf } from '../../../src/utils/tensors.ts';
import { tf } from '../../../src/utils/tf.ts';

/** Loss and ∂L/∂z by autodiff, and the loss on the host. */
function both(loss: Loss, z: number[], y: number[], rows: number) {
  return tf.tidy(() => {
    const shape = [rows, z.length / rows];
    const logits = tensorOf(Float64Array.from(z), shape);
    const targets = tensorOf(Float64Array.from(y), [rows, y.length / rows]);
    const { value, grad } = tf.valueAndGrad((t: typeof logits) => loss.tensor(t, targets))(logits);
    return {
      value: valuesOf(value)[0],
      gradient: Array.from(valuesOf(grad)),
      measured: loss.value(valuesOf(logits), valuesOf(targets), rows),
    };
  });
}

// Exact values, with Python's mpmath at 700 digits (mp.dps = 700), rounded to doubles:
//   loss = log1p(exp(z)) − y·z,  slope = 1/(1 + exp(−z)) for y = 0, −1/(1 + exp(z)) for y = 1
const binary = [
  { z: -700, y: 0, loss: 9.85967654375977e-305, slope: 9.85967654375977e-305 },
  { z: -700, y: 1, loss: 700.0, slope: -1.0 },
  { z: -100, y: 0, loss: 3.720075976020836e-44, slope: 3.720075976020836e-44 },
  { z: -100, y: 1, loss: 100.0, slope: -1.0 },
  { z: -36, y: 0, loss: 2.319522830243569e-16, slope: 2.319522830243569e-16 },
  { z: -36, y: 1, loss: 36.0, slope: -0.9999999999999998 },
  { z: -5, y: 0, loss: 0.006715348489118068, slope: 0.0066928509242848554 },
  { z: -5, y: 1, loss: 5.006715348489118, slope: -0.9933071490757152 },
  { z: -1e-6, y: 0, loss: 0.6931466805600703, slope: 0.49999975 },
  { z: -1e-6, y: 1, loss: 0.6931476805600703, slope: -0.50000025 },
  { z: 0, y: 0, loss: 0.6931471805599453, slope: 0.5 },
  { z: 0, y: 1, loss: 0.6931471805599453, slope: -0.5 },
  { z: 5, y: 0, loss: 5.006715348489118, slope: 0.9933071490757152 },
  { z: 5, y: 1, loss: 0.006715348489118068, slope: -0.0066928509242848554 },
  { z: 36, y: 0, loss: 36.0, slope: 0.9999999999999998 },
  { z: 36, y: 1, loss: 2.319522830243569e-16, slope: -2.319522830243569e-16 },
  { z: 100, y: 0, loss: 100.0, slope: 1.0 },
  { z: 100, y: 1, loss: 3.720075976020836e-44, slope: -3.720075976020836e-44 },
  { z: 700, y: 0, loss: 700.0, slope: 1.0 },
  { z: 700, y: 1, loss: 9.85967654375977e-305, slope: -9.85967654375977e-305 },
];
//   loss = log(Σ exp(z_k)) − z_target,  slopes = exp(z_k)/Σ, at the target −(the sum of the other two)
const multiclass = [
  {
    z: [700, -700, 0],
    target: 0,
    loss: 9.85967654375977e-305,
    slopes: [-9.85967654375977e-305, 0, 9.85967654375977e-305],
  },
  { z: [700, -700, 0], target: 1, loss: 1400.0, slopes: [1.0, -1.0, 9.85967654375977e-305] },
  { z: [100, -100, 0], target: 1, loss: 200.0, slopes: [1.0, -1.0, 3.720075976020836e-44] },
  {
    z: [0, 3, -2],
    target: 1,
    loss: 0.054985235377147425,
    slopes: [0.04712341652466415, -0.053500877447106444, 0.006377460922442297],
  },
  {
    z: [100, 99, -100],
    target: 2,
    loss: 200.3132616875182,
    slopes: [0.7310585786300049, 0.2689414213699951, -1.0],
  },
  {
    z: [1e-6, 0, -1e-6],
    target: 0,
    loss: 1.098611288668443,
    slopes: [-0.6666663333332777, 0.33333333333322224, 0.33333300000005556],
  },
  {
    z: [-100, -100, -100],
    target: 0,
    loss: 1.0986122886681098,
    slopes: [-0.6666666666666666, 0.3333333333333333, 0.3333333333333333],
  },
];

/** The largest |z| that a precision is tested with, and the relative error that it may make. */
const limits = (backend: string) =>
  backend === 'float64' ? { largest: 700, relative: 1e-14 } : { largest: 100, relative: 1e-6 };

describeOnEach('cross-entropies of logits', backendNames, (backend) => {
  const { largest, relative } = limits(backend);
  const close = (computed: number, exact: number, absolute: number) => {
    expect(Number.isFinite(computed)).toBe(true);
    expect(Math.abs(computed - exact)).toBeLessThanOrEqual(relative * Math.abs(exact) + absolute);
  };

  // Binary losses and slopes keep their relative precision down to the smallest numbers there are.
  const tiny = backend === 'float64' ? 1e-318 : 1e-43;

  test.each(binary.filter(({ z }) => Math.abs(z) <= largest))(
    'binary at z = $z, y = $y',
    ({ z, y, loss, slope }) => {
      const mean = both(sigmoidCrossEntropy, [z, z], [y, y], 2);
      close(mean.value, loss, tiny);
      close(mean.measured, loss, tiny);
      for (const each of mean.gradient) close(each, slope / 2, tiny);
      const half = both(halfSumSigmoidCrossEntropy, [z, z], [y, y], 2);
      close(half.value, loss, tiny);
      close(half.measured, loss, tiny);
      for (const each of half.gradient) close(each, slope / 2, tiny);
    },
  );

  // A softmax loss near 0 is a difference of numbers near the logits: known to one unit roundoff of 1.
  test.each(multiclass.filter(({ z }) => z.every((each) => Math.abs(each) <= largest)))(
    'softmax at z = $z, target $target',
    ({ z, target, loss, slopes }) => {
      const y = z.map((_, k) => (k === target ? 1 : 0));
      const { value, gradient, measured } = both(softmaxCrossEntropy, [...z, ...z], [...y, ...y], 2);
      close(value, loss, relative);
      close(measured, loss, relative);
      [...slopes, ...slopes].forEach((slope, i) => close(gradient[i], slope / 2, relative));
    },
  );

  test('both forms are finite and equal for any logits, and slopes stay between −1 and 1', () => {
    const logit = fc.double({ min: -largest, max: largest, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(logit, logit, logit), { minLength: 1, maxLength: 4 }), (rows) => {
        const z = rows.flat();
        const oneHot = rows.flatMap((_, row) => [0, 1, 2].map((k) => (k === row % 3 ? 1 : 0)));
        const labels = z.map((_, i) => i % 2);
        for (const { value, measured, gradient } of [
          both(softmaxCrossEntropy, z, oneHot, rows.length),
          both(sigmoidCrossEntropy, z, labels, z.length),
          both(halfSumSigmoidCrossEntropy, z, labels, z.length),
        ]) {
          close(value, measured, relative);
          expect(gradient.every((slope) => Math.abs(slope) <= 1 + relative)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  test('½·Σ adds up over two outputs that share one target', () => {
    const { value, measured } = both(halfSumSigmoidCrossEntropy, [0, 0, 0, 0], [1, 0], 2);
    expect(value).toBeCloseTo(2 * Math.LN2, 6);
    expect(measured).toBeCloseTo(2 * Math.LN2, 6);
  });
});

describe('what is avoided', () => {
  test('log(σ(z)) composed is infinite where the loss is not', async () => {
    await tf.setBackend('cpu');
    expect(tf.log(tf.sigmoid(tf.scalar(-200))).dataSync()[0]).toBe(-Infinity);
    expect(both(sigmoidCrossEntropy, [-200], [1], 1).value).toBe(200);
  });
});

beforeAll(() => useBackend('float64'));

const weights = (values: number[]) => tensorOf(Float64Array.from(values), [values.length]);

test('(l1·Σ|w| + l2/2·Σw²) / m over the weights that are named, and no others', () => {
  const penalty = l1l2(['a', 'b'], { l1: 0.5, l2: 0.2 })!;
  const parameters = { a: weights([1, -2]), b: weights([3]), bias: weights([100]) };
  expect(penalty.value(parameters, 4)).toBeCloseTo((0.5 * 6 + 0.1 * 14) / 4, 14);
});

test('the regularizer is the same number as a tensor and in doubles, whichever part is 0', async () => {
  await useBackend('float64');
  const share = fc.constantFrom(0, 0.3, 2);
  const values = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(values, share, share, fc.integer({ min: 1, max: 9 }), (w, l1, l2, rows) => {
      fc.pre(l1 + l2 > 0);
      const penalty = l1l2(['w'], { l1, l2 })!;
      const parameters = { w: weights(w) };
      expect(valuesOf(penalty.tensor(parameters, rows))[0]).toBeCloseTo(penalty.value(parameters, rows), 12);
    }),
  );
});

test('without shares there is no penalty', () => {
  expect(l1l2(['w'], { l1: 0, l2: 0 })).toBeUndefined();
});

const shape = [20, 30];
const random = () => new RandomState(3);

test('are as many as the shape says, drawn as NumPy draws them', () => {
  expect(zeros(shape)).toEqual({ shape, values: new Float64Array(600) });
  expect(normal(shape, random(), 0.5)).toEqual({ shape, values: random().normal(0, 0.5, 600) });
  expect(uniform(shape, random(), -2, 3)).toEqual({ shape, values: random().uniform(-2, 3, 600) });
  const { values } = uniform(shape, random());
  expect([values.length, values.every((value) => value >= 0 && value < 1)]).toEqual([600, true]);
  expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.9);
});

test('a shape beyond all models is refused before memory is taken', () => {
  expect(() => zeros([2 ** 13, 2 ** 13])).toThrow(
    new InputError('A parameter of shape [8192, 8192] is too large: the most is 33554432 values.'),
  );
});

test('the loss of a softmax over the batch is the same on the host, and 0 where the prediction is certain and right', async () => {
  await useBackend('float64');
  const { value, measured } = both(batchSoftmaxBinaryCrossEntropy, [1, -2, 0.5, 0], [1, 0, 0, 1], 2);
  expect(measured).toBeCloseTo(value, 12);
  expect(batchSoftmaxBinaryCrossEntropy.value(Float64Array.of(1000, 0), Float64Array.of(1, 0), 1)).toBe(0);
});
