import { beforeEach, describe, expect, test } from '@jest/globals';
import { doubles, expectClose, valuesOf } from './support.ts';
import { registerFloat64Backend } from '../../../../src/backend/float64/index.ts';
import { WorkError } from '../../../../src/utils/errors.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { type Tensor, tf, type Variable } from '../../../../src/utils/tf.ts';

beforeEach(() => tf.setBackend('float64'));

test('registering twice does nothing, and it is never chosen by itself', () => {
  registerFloat64Backend();
  expect(tf.getBackend()).toBe('float64');
  expect(
    tf
      .engine()
      .backendNames()
      .filter((name) => name === 'float64'),
  ).toHaveLength(1);
});

test('tensors hold doubles', async () => {
  const x = doubles([0.1, 1 / 3]);
  expect(x.dataSync()).toEqual(Float64Array.of(0.1, 1 / 3));
  expect(await x.data()).toEqual(Float64Array.of(0.1, 1 / 3));
  expect(x.dtype).toBe('float32');
});

test('a tensor is not changed through the array it came from, nor through the one that was read', () => {
  const values = Float64Array.of(1, 2);
  const x = tf.engine().makeTensor(values as never, [2], 'float32');
  values[0] = 7;
  x.dataSync()[1] = 7;
  expect(valuesOf(x)).toEqual([1, 2]);
});

test('strings are refused by name', () => {
  expect(() => tf.tensor(['a'])).toThrow(WorkError);
  expect(() => tf.tensor(['a'])).toThrow('not string');
});

describe('tensors that change backends', () => {
  test('to cpu and back', async () => {
    const x = doubles([0.5, 0.1]);
    await tf.setBackend('cpu');
    expect(valuesOf(x.add(1))).toEqual([1.5, Math.fround(Math.fround(0.1) + 1)]);
    await tf.setBackend('float64');
    expect(valuesOf(x.mul(2))).toEqual([1, 2 * Math.fround(0.1)]);
    x.dispose();
  });

  test('to wasm, which copies 32-bit floats', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    const x = doubles([1, 2, 3, 4]);
    if (!(await tf.setBackend('wasm'))) throw new Error('wasm did not load');
    expect(valuesOf(x.mul(2))).toEqual([2, 4, 6, 8]);
  });
});

describe('nothing is leaked', () => {
  const backend = () => tf.engine().findBackend('float64');

  test('by kernels that share data, copy it or return several tensors', () => {
    const x = doubles([1, 2, 3, 4], [2, 2]);
    const before = [tf.memory().numTensors, backend().numDataIds()];
    tf.tidy(() => {
      const y = x.clone().reshape([4]).cast('float32').expandDims().squeeze();
      return [y, ...x.unstack(), ...x.split(2), x.softmax().sum(), x.matMul(x)].length;
    });
    expect([tf.memory().numTensors, backend().numDataIds()]).toEqual(before);
    expect(valuesOf(x)).toEqual([1, 2, 3, 4]);
    x.dispose();
    expect(backend().numDataIds()).toBe(before[1] - 1);
  });

  test('by training steps of every optimizer', () => {
    const x = doubles([0.1, 0.2, 0.3, 0.4], [2, 2]);
    for (const optimizer of [
      tf.train.sgd(0.1),
      tf.train.momentum(0.1, 0.9),
      tf.train.adagrad(0.1),
      tf.train.adadelta(),
      tf.train.adam(),
      tf.train.adamax(),
      tf.train.rmsprop(0.1),
      tf.train.rmsprop(0.1, 0.9, 0.5, undefined, true),
    ]) {
      const weights = tf.variable(doubles([0.5, -0.5], [2, 1]));
      const loss = () =>
        x
          .matMul(weights as Tensor)
          .softplus()
          .sum()
          .asScalar();
      const step = () => optimizer.minimize(loss);
      const first = valuesOf(loss())[0];
      step();
      const before = [tf.memory().numTensors, backend().numDataIds()];
      for (let i = 0; i < 5; i++) step();
      expect([tf.memory().numTensors, backend().numDataIds()]).toEqual(before);
      expect(valuesOf(loss())[0]).toBeLessThan(first);
      optimizer.dispose();
      weights.dispose();
    }
  });
});

test('every loss of TensorFlow.js has its kernels and those of its gradient', () => {
  const [x, labels] = [tf.ones([3, 4]), tf.ones([3, 2])];
  const weights = tf.variable(tf.ones([4, 2]));
  const logits = () => x.matMul(weights);
  const losses = [
    () => tf.losses.meanSquaredError(labels, logits()),
    () => tf.losses.absoluteDifference(labels, logits()),
    () => tf.losses.huberLoss(labels, logits()),
    () => tf.losses.hingeLoss(labels, logits()),
    () => tf.losses.logLoss(labels, logits().sigmoid()),
    () => tf.losses.cosineDistance(labels, logits(), 1),
    () => weights.norm(1).add(weights.square().sum().sqrt()),
  ];
  for (const loss of losses) {
    expect(() => tf.variableGrads(() => loss().asScalar(), [weights])).not.toThrow();
  }
  weights.dispose();
});

test('a kernel that is missing is named, with what can be done', () => {
  const image = doubles(new Float64Array(16), [1, 4, 4, 1]);
  expect(() => tf.localResponseNormalization(image as never)).toThrow(
    "the float64 backend has no kernel 'LRN' yet; it can be added in src/backend/float64",
  );
});

test('tf.profile and tf.time work', async () => {
  const { kernelNames } = await tf.profile(() => doubles([1, 2]).square().sum());
  expect(kernelNames).toEqual(['Square', 'Sum']);
  expect((await tf.time(() => doubles([1]).exp())).kernelMs).toBeGreaterThanOrEqual(0);
});

/** Central differences of `loss` for every entry of a variable. */
function differences(loss: () => Tensor, variable: Variable, epsilon: number): number[] {
  const values = Float64Array.from(valuesOf(variable));
  const shape = variable.shape;
  const lossAt = (i: number, value: number) =>
    tf.tidy(() => {
      variable.assign(doubles(values.with(i, value), shape));
      return valuesOf(loss())[0];
    });
  const gradient = Array.from(
    values,
    (value, i) => (lossAt(i, value + epsilon) - lossAt(i, value - epsilon)) / (2 * epsilon),
  );
  tf.tidy(() => variable.assign(doubles(values, shape)));
  return gradient;
}

function expectAutodiffRight(loss: () => Tensor, variables: Variable[], tolerance: number) {
  const { grads } = tf.variableGrads(() => loss().asScalar(), variables);
  for (const variable of variables) {
    const numeric = differences(loss, variable, 1e-5);
    expectClose(valuesOf(grads[variable.name]), numeric, tolerance);
  }
}

describe('a network of two layers', () => {
  const random = new RandomState(7);
  const x = random.randn(20 * 5);
  const labels = random.randint(0, 2, 20);
  const classes = Int32Array.from(random.randint(0, 4, 20));
  const variable = (shape: number[]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.variable(doubles(random.randn(size), shape));
  };

  test('with sigmoid cross-entropy: autodiff agrees with central differences to 1e-8', () => {
    const input = doubles(x, [20, 5]);
    const y = doubles(labels, [20, 1]);
    const [w1, b1, w2, b2] = [variable([5, 4]), variable([4]), variable([4, 1]), variable([1])];
    const loss = () => {
      const logits = input.matMul(w1).add(b1).sigmoid().matMul(w2).add(b2);
      return logits.softplus().sub(logits.mul(y)).mean();
    };
    expectAutodiffRight(loss, [w1, b1, w2, b2], 1e-9);
    expectAutodiffRight(
      () => tf.losses.sigmoidCrossEntropy(y, input.matMul(w1).tanh().matMul(w2)),
      [w1, w2],
      1e-9,
    );
  });

  test('with softmax cross-entropy, ReLU, L1 and L2', () => {
    const input = doubles(x, [20, 5]);
    const y = tf.oneHot(tf.tensor1d(classes, 'int32'), 4).cast('float32');
    const [w1, b1, w2, b2] = [variable([5, 6]), variable([6]), variable([6, 4]), variable([4])];
    const logits = () =>
      tf.fused.matMul({ a: input, b: w1, bias: b1, activation: 'relu' }).matMul(w2).add(b2);
    const loss = () =>
      tf.addN([
        tf.losses.softmaxCrossEntropy(y, logits()),
        logits().logSoftmax().mul(y).sum(-1).mean().neg(),
        logits().softmax().square().sum(),
        w1.abs().sum(),
        w2.square().sum(),
      ]);
    expectAutodiffRight(loss, [w1, b1, w2, b2], 1e-8);
  });
});

test.each<[string, (x: Tensor) => Tensor]>([
  ['log, exp, sqrt, pow', (x) => x.exp().add(1).log().sqrt().pow(3)],
  ['tanh, elu, selu, leakyRelu', (x) => x.tanh().add(x.elu()).add(x.selu()).add(x.leakyRelu(0.25))],
  ['max, min, mean over dimensions', (x) => x.max(1).add(x.min(1)).mul(x.mean(1))],
  ['prod, cumsum', (x) => x.prod(1).add(x.cumsum(1).square().mean(1))],
  [
    'slice, concat, tile, transpose',
    (x) =>
      tf
        .concat([x.slice([0, 1], [3, 2]), x.tile([1, 2])], 1)
        .transpose()
        .square(),
  ],
  [
    'stack, unstack, pad, reverse',
    (x) =>
      tf
        .stack(x.unstack(1), 0)
        .pad([
          [1, 0],
          [0, 2],
        ])
        .reverse(0)
        .exp(),
  ],
  ['division and broadcasting', (x) => x.div(x.square().sum(1, true).add(1)).sub(x.sum(0)).square()],
  [
    'maximum, minimum, where, clip',
    (x) => tf.where(tf.eye(3, 4).cast('bool'), x.maximum(0.5), x.minimum(-0.5)).add(x.clipByValue(-0.25, 1)),
  ],
  [
    'expm1, log1p, reciprocal, rsqrt',
    (x) => x.expm1().square().log1p().add(x.square().add(1).reciprocal()).add(x.square().add(1).rsqrt()),
  ],
  ['sin, cos, atan, asinh', (x) => x.sin().add(x.cos()).mul(x.atan()).add(x.asinh())],
])('gradients of %s agree with central differences', (_name, f) => {
  const x = tf.variable(doubles(new RandomState(11).randn(12), [3, 4]));
  expectAutodiffRight(() => f(x).square().sum(), [x], 2e-8);
});

describe('cross-entropy from logits with |z| up to 700', () => {
  const z = [-700, -40, 0, 40, 700];

  test('sigmoid: value and gradient are finite and right', () => {
    const loss = (logits: Tensor) => logits.softplus().sum().asScalar();
    const { value, grad } = tf.valueAndGrad(loss)(doubles(z));
    expectClose(valuesOf(value), [700 + 40 + Math.LN2 + Math.exp(-40)]);
    const gradient = valuesOf(grad);
    expectClose(gradient, [0, Math.exp(-40), 0.5, 1, 1]);
    expect(gradient[0] / Math.exp(-700)).toBeCloseTo(1, 14);
  });

  test('softmax: value and gradient are finite and right', () => {
    const y = doubles([1, 0, 0, 0, 0], [1, 5]);
    const loss = (logits: Tensor) => tf.losses.softmaxCrossEntropy(y, logits).asScalar();
    const { value, grad } = tf.valueAndGrad(loss)(doubles(z, [1, 5]));
    expectClose(valuesOf(value), [1400]);
    expectClose(valuesOf(grad), [-1, 0, 0, 0, 1]);
  });
});

/** Document 004: `np.random.seed(1)`, `randn(2)`, `rand(1)`, learning rate 0.1, loss ½·Σ of the cross-entropy. */
test('the AND gate trained by autodiff reaches the costs that document 004 prints', () => {
  const random = new RandomState(1);
  const weights = tf.tidy(() => tf.variable(doubles(random.randn(2), [2, 1])));
  const bias = tf.tidy(() => tf.variable(doubles(random.rand(1))));
  const x = doubles([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
  const y = doubles([0, 0, 0, 1], [4, 1]);
  const learningRate = tf.fill([], 0.1);
  const cost = () => {
    const logits = x.matMul(weights as Tensor).add(bias);
    return logits.softplus().sub(logits.mul(y)).sum().mul(0.5).asScalar();
  };
  const costs: number[] = [];
  const tensors = () => [tf.memory().numTensors, tf.engine().findBackend('float64').numDataIds()];
  const before = tensors();
  for (let epoch = 1; epoch <= 300; epoch++) {
    tf.tidy(() => {
      const { grads } = tf.variableGrads(cost, [weights, bias]);
      for (const parameter of [weights, bias]) {
        parameter.assign(parameter.sub(grads[parameter.name].mul(learningRate)));
      }
      if (epoch % 100 === 0) costs.push(valuesOf(cost())[0]);
    });
  }
  expect(tensors()).toEqual(before);
  // The document differentiates numerically with ε = 1e-5, which leaves 1e-11 or so.
  const printed = [0.6886489498071491, 0.4946368603064415, 0.3920165980757418];
  printed.forEach((value, i) => expect(Math.abs(costs[i] / value - 1)).toBeLessThan(1e-10));
});
