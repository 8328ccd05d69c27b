import { beforeAll, describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { defaultsOf } from '../../../src/model/definition.ts';
import type { Model, Tensors } from '../../../src/model/model.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { gradientSources } from '../../../src/model/gradients.ts';
import { defaultRecipe } from '../../../src/model/recipe.ts';
import { tf } from '../../../src/utils/tf.ts';
import { multiplyAddsPerStep } from '../../../src/training/cost.ts';
import { train } from '../../../src/training/train.ts';
import { formatWeights, parseWeights } from '../../../src/weights/weights.ts';
import { weightsFrom } from '../../../src/weights/saved-model.ts';
import { dataFromRows, train as trainWithLibrary } from '../../../src/index.ts';
import { createModel } from '../../helpers/small-zoo.ts';
import { clouds } from '../../helpers/toy.ts';

beforeAll(() => useBackend('cpu'));

const attempt = (name: string, { features = 2, classes = 2 }) =>
  train(
    createModel(name),
    { train: clouds(50, { features, classes }) },
    { recipe: { ...defaultRecipe, epochs: 2 }, gradients: gradientSources.manual, classes },
  );

test('epochs and learning rate must be above 0', async () => {
  const given = (change: object) =>
    train(
      createModel('softmax'),
      { train: clouds(20, { features: 2, classes: 2 }) },
      { recipe: { ...defaultRecipe, ...change }, gradients: gradientSources.manual, classes: 2 },
    );
  for (const key of ['epochs', 'learningRate']) {
    await expect(given({ [key]: 0 })).rejects.toThrow(`recipe.${key} takes a`);
    await expect(given({ [key]: -1 })).rejects.toThrow(`recipe.${key} takes a`);
  }
  expect((await given({ epochs: 1, learningRate: 2e-13 })).epochs).toBe(1);
});

describe('data that a model cannot learn from is refused before training', () => {
  const binary = Object.keys(models).filter(
    (name) => models[name].create({ ...defaultsOf(models[name]), asPrinted: false }).task === 'binary',
  );
  test.each(binary)('three classes for %s', async (name) => {
    const { features } = models[name].size!;
    await expect(attempt(name, { features, classes: 3 })).rejects.toThrow(
      `${name} is a binary classifier; the data has 3 classes. Use a multiclass model`,
    );
  });

  test('rows of three numbers for points, whose parameters are given; no tensor is left behind', async () => {
    const { numTensors } = tf.memory();
    await expect(attempt('points', { features: 3 })).rejects.toThrow(InputError);
    await expect(attempt('points', { features: 3 })).rejects.toThrow(
      /^points does not accept rows of 3 numbers: .*matMul/,
    );
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('outputs of another number than there are classes', async () => {
    const model = { ...createModel('mnist', { hidden: 3 }) };
    const stubborn = {
      ...model,
      initial: (shape: never) => model.initial({ ...(shape as object), classes: 4 } as never),
    };
    const options = { recipe: defaultRecipe, gradients: gradientSources.manual, classes: 3 };
    await expect(train(stubborn, { train: clouds(50, { classes: 3 }) }, options)).rejects.toThrow(
      'mnist has 4 outputs; the data has 3 classes.',
    );
  });

  test.each(['wasm', 'cpu'] as const)('through the library on %s', async (backend) => {
    const rows = Array.from({ length: 60 }, (_, i) => [i / 60, (i % 7) / 7]);
    const train = { inputs: rows, labels: rows.map((_, i) => i % 3) };
    const data = dataFromRows({ name: 'own', classNames: ['a', 'b', 'c'], train });
    const training = trainWithLibrary('cats', { data, backend, epochs: 3 });
    await expect(training).rejects.toThrow('cats is a binary classifier; the data has 3 classes');
    await useBackend('cpu');
  });

  test('several classes suit a model of several classes', async () => {
    expect((await attempt('mnist', { features: 5, classes: 3 })).steps).toBe(2);
  });
});

test.each<[string, unknown]>([
  ['a tensor', tf.scalar(1)],
  ['no shape and values', [0.5]],
  ['1 value of shape [2, 1]', { shape: [2, 1], values: new Float64Array(1) }],
])('initial parameters that are %s are rejected before training', async (problem, weights) => {
  const model = { ...createModel('softmax'), initial: () => ({ weights }) } as unknown as Model;
  const message = `softmax: initial() returns ${problem} for weights; return { shape, values }`;
  const data = { train: clouds(50, { features: 2, classes: 2 }), classNames: ['a', 'b'] };
  const options = { recipe: defaultRecipe, gradients: gradientSources.manual, classes: 2 };
  await expect(train(model, data, options)).rejects.toThrow(message);
  const size = { rows: 50, features: 2, classes: 2 };
  expect(() => multiplyAddsPerStep(model, size, defaultRecipe)).toThrow(message);
});

describe('shapes that a model computes are checked at the first step', () => {
  const model = createModel('mnist', { hidden: 3 });
  const options = { recipe: defaultRecipe, gradients: gradientSources.manual, classes: 3 };
  const trained = (change: Partial<Model>, gradients = options.gradients) =>
    train({ ...model, ...change }, { train: clouds(50, { classes: 3 }) }, { ...options, gradients });
  const changed = (change: (gradients: Tensors) => Tensors): Partial<Model> => ({
    gradients: (...inputs) => change(model.gradients(...inputs)),
  });

  test.each<[string, Partial<Model>, string]>([
    [
      'a scalar for the gradient of a matrix',
      changed((gradients) => ({ ...gradients, hiddenWeights: tf.scalar(1) })),
      'the gradient of hiddenWeights has shape [] instead of [',
    ],
    [
      'a missing gradient',
      changed(({ outputBias: _, ...gradients }) => gradients),
      'gradients() returns no outputBias.',
    ],
    [
      'one row of logits for all rows',
      { forward: (...inputs) => ({ ...model.forward(...inputs), logits: tf.zeros([1, 3]) }) },
      'forward() returns 3 logits for 50 rows instead of 150.',
    ],
  ])('%s', async (_, change, message) => {
    const { numTensors } = tf.memory();
    await expect(trained(change)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('hand-written gradients do not matter where autodiff trains', async () => {
    const wrong = changed((gradients) => ({ ...gradients, hiddenWeights: tf.scalar(1) }));
    await expect(trained(wrong, gradientSources.autodiff)).resolves.toBeDefined();
  });
});

test.each([3, 256])('weights of a binary model with %i class names are refused', (classes) => {
  const parameter = (shape: number[]) => ({
    ...{ shape, dtype: 'float32' as const, values: new Array<number>(shape[0]).fill(1) },
  });
  const text = (classNames: string[]) =>
    formatWeights({
      ...{
        format: 'backprop-zoo/weights',
        version: 1,
        model: 'gate',
        options: { gate: 'and' },
        asPrinted: false,
      },
      classNames,
      parameters: { weights: parameter([2, 1]), bias: parameter([1]) },
      ...{ preprocessing: { kind: 'none' }, training: {}, metrics: {} },
    });
  const names = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);
  expect(parseWeights(text(names(classes)), 'w.json').classNames).toHaveLength(classes);
  expect(() => weightsFrom(text(names(classes)), 'w.json')).toThrow(
    `gate is a binary classifier; w.json has ${classes} classes`,
  );
  expect(weightsFrom(text(names(2)), 'w.json').features).toBe(2);
});
