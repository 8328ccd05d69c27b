import { describe, expect, test } from '@jest/globals';
import { proofText, proveGradients } from '../../../../src/gradcheck/proof/index.ts';
import { models } from '../../../../models/index.ts';
import { defaultsOf } from '../../../../src/model/definition.ts';
import type { Loss } from '../../../../src/model/losses.ts';
import type { Model } from '../../../../src/model/model.ts';
import { constant } from '../../../../src/model/operations.ts';
import { tf, type Tensor } from '../../../../src/utils/tf.ts';
import { smallSequences, smallZoo } from '../../../helpers/small-zoo.ts';
import { deep, expectProved, half, hiddenLayer, line, lineWith, seed } from './toy-models.ts';

/** Of few features and rows, so that it is quick. */
const prove = (model: Model, options = {}) =>
  proveGradients(model, { seed, size: { features: 2 }, ...options });

/** With half the points: there are four patterns of labels instead of sixteen. */
const proveTwoRows = (model: Model) => prove(model, { rows: 2 });

describe('the zoo', () => {
  // The others: prove.long.test.ts.
  test.each(['gate', 'breast-cancer', 'mlp, regression by sigmoids'])('%s is proved', (name) => {
    const proof = expectProved(smallZoo.find(({ title }) => title === name)!);
    // A fresh field for each point.
    expect(new Set(proof.primes).size).toBeGreaterThan(proof.points / 2);
  });

  test.each(['bigram', 'gru'])('%s is proved, with the tokens that occurred', (name) => {
    const small = smallSequences.find(({ title }) => title === name)!;
    const proof = expectProved(small);
    expect(proof).toMatchObject({ chain: 3, rows: [1, 2, 3], tokens: proof.points });
    expect(proofText([proof])).toContain(`the ${proof.points} patterns of tokens and targets that occurred`);
  });

  test("document 003's error is seen at the first point, in the hidden bias alone", () => {
    const definition = models['breast-cancer'];
    const proof = prove(definition.create({ ...defaultsOf(definition), asPrinted: true }), {
      points: 2,
      size: { features: 3 },
    });
    const wrong = proof.parameters.filter(({ verdict }) => verdict === 'different');
    expect(wrong.map(({ name, first }) => [name, first?.point, first?.index])).toEqual([
      ['hiddenBias', 1, 0],
    ]);
    const { manual, exact, prime } = wrong[0].first!;
    expect(manual).not.toBe(exact);
    expect(Math.max(manual!, exact!)).toBeLessThan(prime!);
  });

  test('the same seed repeats a proof, another one does not', () => {
    const primesOf = (other: string): number[] => prove(line, { seed: other, points: 4 }).primes;
    expect(primesOf('a')).toEqual(primesOf('A'));
    expect(primesOf('a')).not.toEqual(primesOf('b'));
    expect(() => prove(line, { seed: 'xyz' })).toThrow('--seed takes 1 to 32 hexadecimal digits');
  });

  test('it tells how long it took', () => {
    const begun = performance.now();
    const { seconds } = prove(line, { points: 2 });
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual((performance.now() - begun) / 1000);
  });

  test('no tensor is left behind', () => {
    prove(line, { points: 2 });
    const before = tf.memory().numTensors;
    prove(line, { points: 4 });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('mistakes below every tolerance', () => {
  const isZero = (t: Tensor): Tensor => t.equal(0).cast('float32');
  test.each<[string, Model]>([
    ['a factor of 1 + 2⁻⁵²', lineWith((g) => g.mul(constant(1 + 2 ** -52)))],
    ['10⁻³⁰⁰ too much', lineWith((g) => g.add(constant(1e-300)))],
    ['wrong only where a weight is 0', lineWith((g, { parameters }) => g.add(isZero(parameters.weights)))],
    ['wrong only for y = 1', lineWith((g, { y }) => g.add(y.sum().mul(constant(2 ** -40))))],
    [
      'sign(0) = 1',
      lineWith((g, { parameters: { weights }, x }) =>
        g.add(isZero(weights).mul(constant(half / x.shape[0]))),
      ),
    ],
    ['relu′(0) = 1', hiddenLayer('relu', tf.relu, (sum) => sum.greaterEqual(0).cast('float32'))],
    ['wrong where a unit is off', hiddenLayer('relu', tf.relu, (sum) => sum.step(2 ** -60))],
  ])('%s', (_, model) => {
    expect(proveTwoRows(model).verdict).toBe('different');
  });

  test('and without them the same models are proved', () => {
    expect(proveTwoRows(line).verdict).toBe('equal');
    expect(proveTwoRows(hiddenLayer('relu', tf.relu, tf.step)).verdict).toBe('equal');
  });
});

/** What a test of formulas at random points of this shape cannot see. Each of these is wrong, and is called equal. */
describe('what it cannot see, in principle', () => {
  test.each<[string, Model]>([
    [
      'wrong at one single weight that is not 0',
      lineWith((g, { parameters }) => g.add(parameters.weights.equal(tf.scalar(0.125)).cast('float32'))),
    ],
    ['wrong from six rows on', lineWith((g, { x }) => (x.shape[0] > 5 ? g.mul(2) : g))],
    ['rounding', lineWith((g) => g.add(constant(1e30)).sub(constant(1e30)))],
  ])('%s', (_, model) => {
    expect(prove(model).verdict).toBe('equal');
  });

  test('that the loss is another one than was meant', () => {
    const of: Loss['tensor'] = (logits, y) => line.loss.tensor(logits, tf.sub(1, y));
    const other: Model = {
      ...line,
      loss: { ...line.loss, tensor: of },
      gradients: (parameters, x, y, activations) => line.gradients(parameters, x, tf.sub(1, y), activations),
    };
    expect(prove(other).verdict).toBe('equal');
  });

  test('from six rows on it is seen with eight rows, and with seven', () => {
    const model = lineWith((g, { x }) => (x.shape[0] > 5 ? g.mul(2) : g));
    expect(prove(model, { rows: 8 }).verdict).toBe('different');
    expect(prove(model, { rows: 7, points: 2 })).toMatchObject({ verdict: 'different', rows: [7] });
  });
});

describe('labels and dropout masks', () => {
  const allAre1 = (y: Tensor): Tensor => y.sum().equal(y.shape[0]).cast('float32');

  test('a difference only where all labels are 1 is found', () => {
    const wrong = lineWith((g, { y }) => g.add(allAre1(y)));
    for (const seed of ['1', '2'])
      expect(prove(wrong, { seed, size: { features: 3 } }).verdict).toBe('different');
  });

  test('each pattern of labels occurs, and the bound of one alone is given', () => {
    const { labels, bound, rows } = prove(line, { size: { features: 3 } });
    expect(labels).toMatchObject({ areVariables: true, patterns: 16, tried: 16 });
    // One point for each of 16 patterns, 14 for all of them.
    expect(labels!.bound ** 14).toBeCloseTo(bound, 40);
    expect(labels!.bound).toBeLessThan(1e-3);
    expect(rows).toEqual([3, 4, 5]);
  });

  test('a formula that is the derivative for labels 0 and 1 alone is compared with each pattern until the bound is reached', () => {
    const model = lineWith((g, { y }) => g.add(y.square().sub(y).sum()));
    const proof = prove(model, { rows: 2 });
    expect(proof).toMatchObject({ verdict: 'equal', labels: { areVariables: false, patterns: 4, tried: 4 } });
    expect(proof.bound).toBeLessThanOrEqual(1e-30);
    expect(proof.points).toBeGreaterThan(4 * 7);
    expect(proofText([proof])).toMatch('for the signs, labels and dropout masks that occurred');
  });

  const dropout = (change: (g: Tensor, mask: Tensor) => Tensor): Model => ({
    ...line,
    dropoutMasks: (rows, random) => ({
      mask: { shape: [rows, 2], values: Float64Array.from(random.rand(2 * rows), (u) => (u < half ? 0 : 2)) },
    }),
    forward: (parameters, x, masks) => {
      const mask = masks?.mask ?? tf.ones(x.shape);
      return { ...line.forward(parameters, x.mul(mask)), mask };
    },
    gradients: (parameters, x, y, activations) => {
      const { mask } = activations as unknown as { mask: Tensor };
      const gradients = line.gradients(parameters, x.mul(mask), y, activations);
      return { ...gradients, weights: change(gradients.weights, mask) };
    },
  });

  test('a difference at a rare dropout mask is not called equal', () => {
    expect(prove(dropout((g) => g))).toMatchObject({ verdict: 'equal', labels: { areVariables: true } });
    const proof = prove(
      dropout((g, mask) => g.add(mask.prod())),
      { rows: 16 },
    );
    expect(proof).toMatchObject({ verdict: 'undecided', bound: 1, labels: { areVariables: false } });
    expect(proof.reason).toMatch('for other numbers in their place the gradients differ');
    expect(
      prove(
        dropout((g, mask) => g.mul(mask.max())),
        { rows: 1, points: 40 },
      ).verdict,
    ).toBe('different');
  });
});

describe('odd numbers of rows', () => {
  const isOdd = (x: Tensor): boolean => x.shape[0] > 1 && x.shape[0] % 2 === 1;

  test('a gradient that is wrong for them is found', () => {
    expect(prove(lineWith((g, { x }) => (isOdd(x) ? g.mul(2) : g))).verdict).toBe('different');
    expect(prove(lineWith((g, { x }) => (x.shape[0] === 5 ? g.mul(2) : g))).verdict).toBe('different');
  });

  test('1/3 is the third, however it is computed', () => {
    const mean: Loss['tensor'] = (z, y) => tf.mean(tf.softplus(z).sub(z.mul(y)));
    const model: Model = { ...line, loss: { ...line.loss, tensor: mean } };
    expect(prove(model)).toMatchObject({ verdict: 'equal', autodiff: { verdict: 'equal' } });
    expect(prove(model, { rows: 6 }).verdict).toBe('equal');
    const wrong = lineWith((g, { x }) =>
      g.mul(constant(1 / (x.shape[0] + 2 ** -20))).mul(constant(x.shape[0])),
    );
    expect(prove(wrong, { rows: 3, points: 3 }).verdict).toBe('different');
  });
});

describe('powers', () => {
  test.each([3, -1])('a to the power of %d is a product', (n) => {
    const power = hiddenLayer(
      'power',
      (sum) => sum.pow(n),
      (sum) => sum.pow(n - 1).mul(n),
    );
    expect(proveTwoRows(power)).toMatchObject({ verdict: 'equal', autodiff: { verdict: 'equal' } });
    const wrong = hiddenLayer(
      'power',
      (sum) => sum.pow(n),
      (sum) => sum.pow(n - 1).mul(n + 2 ** -20),
    );
    expect(prove(wrong, { points: 2 }).verdict).toBe('different');
  });
});

describe('false alarms', () => {
  const raised = (sum: Tensor): Tensor => sum.square().add(1);
  const twice = (sum: Tensor): Tensor => sum.mul(2);

  test('a sum of positive numbers is not positive here: relu(1 + a²) with slope 2a', () => {
    expect(proveTwoRows(hiddenLayer('raised', (sum) => tf.relu(raised(sum)), twice)).verdict).toBe(
      'different',
    );
    // The ways out: leave out the relu that does nothing, or write down its slope.
    expect(proveTwoRows(hiddenLayer('raised', raised, twice)).verdict).toBe('equal');
    const withStep = (sum: Tensor): Tensor => raised(sum).step().mul(twice(sum));
    expect(proveTwoRows(hiddenLayer('raised', (sum) => tf.relu(raised(sum)), withStep)).verdict).toBe(
      'equal',
    );
  });

  test('0.2 as a plain number is rounded to 32 bits, and differs from the 0.2 of leakyRelu', () => {
    const leaky = (sum: Tensor): Tensor => tf.leakyRelu(sum, 0.2);
    const rounded = (sum: Tensor): Tensor =>
      tf.where(sum.greater(0), tf.onesLike(sum), sum.zerosLike().add(0.2));
    const exact = (sum: Tensor): Tensor =>
      tf.where(sum.greater(0), tf.onesLike(sum), sum.zerosLike().add(constant(0.2)));
    expect(proveTwoRows(hiddenLayer('leaky', leaky, rounded)).verdict).toBe('different');
    const proof = proveTwoRows(hiddenLayer('leaky', leaky, exact));
    expect(proof.verdict).toBe('equal');
    // TensorFlow.js's own gradient has the rounded one.
    expect(proof.autodiff?.verdict).toBe('different');
  });

  test('max(a, b, c) depends on the order here', () => {
    const [first, second] = [(s: Tensor) => tf.max(s, 1, true), (s: Tensor) => tf.max(s.reverse(1), 1, true)];
    const model = (which: (s: Tensor) => Tensor): Model =>
      hiddenLayer('shifted', (s) => s.add(first(s)).sub(which(s)), tf.onesLike);
    expect(proveTwoRows(model(first)).verdict).toBe('equal');
    expect(proveTwoRows(model(second)).verdict).toBe('different');
  });
});

describe('values that are drawn', () => {
  const few = { points: 4 };
  const root = (sum: Tensor): Tensor => tf.sqrt(sum.square().add(1));
  const logistic = (sum: Tensor): Tensor => tf.sub(1, tf.div(1, sum.exp().add(1)));

  test.each<[string, Model, Model]>([
    [
      'exponentials within exponentials within …',
      deep(2),
      {
        ...deep(2),
        gradients: (...args) => {
          const right = deep(2).gradients(...args);
          return { ...right, weights0: right.weights0.mul(constant(1 + 2 ** -20)) };
        },
      },
    ],
    [
      'logarithms: hidden softplus',
      hiddenLayer('softplus', tf.softplus, tf.sigmoid),
      hiddenLayer('softplus', tf.softplus, (sum) => tf.sigmoid(sum.mul(constant(1 + 2 ** -20)))),
    ],
  ])('%s: equal, and a mistake is different', (_, model, wrong) => {
    const proof = prove(model);
    expect(proof).toMatchObject({ verdict: 'equal', chain: 3 });
    expect(proof.bound).toBeLessThanOrEqual(1e-30);
    expect(prove(wrong, few).verdict).toBe('different');
  });

  test('laws that they do not obey are found by their definitions: log(1 + eᵃ) = a + log(1 + e⁻ᵃ), (√u)² = u', () => {
    const loss = (slope: (z: Tensor) => Tensor): Model => ({
      ...line,
      regularizer: undefined,
      loss: { ...line.loss, tensor: (z) => tf.sum(tf.square(tf.softplus(z))) },
      gradients: (_, x, __, { logits: z }) => {
        const dz = slope(z).mul(logistic(z)).mul(2);
        return { weights: tf.matMul(x, dz, true), bias: dz.sum(0) };
      },
    });
    const small = { rows: 1, size: { features: 1 } };
    const other = (z: Tensor): Tensor => z.add(tf.softplus(z.neg()));
    expect(prove(loss(tf.softplus), small)).toMatchObject({ verdict: 'equal', chain: 3 });
    expect(prove(loss(other), small)).toMatchObject({ verdict: 'equal', chain: 4 });
    const squared = hiddenLayer('root', root, (sum) => sum.mul(root(sum)).div(sum.square().add(1)));
    expect(prove(squared, { rows: 1, size: { features: 1 } }).verdict).toBe('equal');
  });
});

describe('what cannot be compared', () => {
  const without = (name: string): Model => ({
    ...line,
    gradients(...args) {
      const { [name]: _, ...others } = line.gradients(...args);
      return others;
    },
  });
  test.each<[string, Model, RegExp]>([
    ['a gradient that is missing', without('bias'), /gradients\(\) returns no bias/],
    [
      'one of another shape',
      lineWith((g) => g.reshape([-1])),
      /shape \[2\] where the parameter has \[2, 1\]/,
    ],
    ['one that fails', lineWith((g) => tf.matMul(g, g)), /gradients\(\) fails/],
    ['one with NaN', lineWith((g) => g.mul(constant(NaN))), /entry 0 is NaN or infinite/],
  ])('%s is different, and says why', (_, model, message) => {
    const proof = prove(model, { points: 2 });
    expect(proof.verdict).toBe('different');
    expect(proofText([proof])).toMatch(message);
  });

  test.each<[string, Model, object, RegExp]>([
    ['a function that fields have not', lineWith((g) => g.sin()), {}, /no kernel 'Sin' yet/],
    ['reading numbers', lineWith((g) => tf.scalar(g.dataSync()[0]).mul(g)), {}, /cannot be read as numbers/],
    [
      'a quotient by 0',
      lineWith((g) => g.div(g.sub(g))),
      { size: { features: 1 }, rows: 1 },
      /at each of 400 points tried, a quotient by 0/,
    ],
    ['too few points', line, { points: 1 }, /would go unseen with a chance of up to/],
  ])('%s is undecided, and says why', (_, model, options, message) => {
    const proof = prove(model, options);
    expect(proof.verdict).toBe('undecided');
    expect(proof.reason).toMatch(message);
  });

  test('where formulas are not defined at zeros, the proof says that it is about the others', () => {
    const norm = (x: Tensor): Tensor => x.square().sum(1, true);
    const model: Model = {
      ...line,
      forward: (parameters, x) => line.forward(parameters, x.div(norm(x))),
      gradients: (parameters, x, y, activations) =>
        line.gradients(parameters, x.div(norm(x)), y, activations),
    };
    const proof = prove(model, { size: { features: 1 }, rows: 1 });
    expect(proof.verdict).toBe('equal');
    expect(proof.notes).toEqual([
      'Nothing is said about points with zeros: the formulas are not defined there.',
    ]);
  });

  test('compares with autodiff alone if asked', () => {
    expect(prove(line, { referee: 'autodiff' })).toMatchObject({ verdict: 'equal', referee: 'autodiff' });
    const wrong = lineWith((g) => g.mul(constant(1 + 2 ** -52)));
    expect(prove(wrong, { referee: 'autodiff', points: 2 }).verdict).toBe('different');
  });
});
