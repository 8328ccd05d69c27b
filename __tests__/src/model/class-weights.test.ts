import { describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { onBackend } from '../../../src/backend/index.ts';
import type { LoadedDataset } from '../../../src/data/dataset.ts';
import { requestFor, train } from '../../../src/estimator/train.ts';
import { checkModel } from '../../../src/gradcheck/check.ts';
import { expectProved, seed } from '../gradcheck/proof/toy-models.ts';
import { proveGradients } from '../../../src/gradcheck/proof/index.ts';
import { balancedWeights, withClassWeights } from '../../../src/model/class-weights.ts';
import { lossAt, manual } from '../../../src/model/gradients.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { disposeAll, toVariables } from '../../../src/model/parameters.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { tensorOf, valuesOf } from '../../../src/utils/tensors.ts';
import type { Model } from '../../../src/model/model.ts';
import { createModel, smallZoo } from '../../helpers/small-zoo.ts';

test('balanced weights are those of scikit-learn', () => {
  // compute_class_weight('balanced', classes=[0, 1, 2], y=[0, 0, 0, 1, 2, 2]) = [2/3, 2, 1]
  expect(balancedWeights([0, 0, 0, 1, 2, 2], 3)).toEqual([2 / 3, 2, 1]);
  expect(balancedWeights([0, 0, 2], 3)).toEqual([0.75, 1, 1.5]);
});

const classifiers = smallZoo.filter(({ classes, model }) => classes > 1 && model.name !== 'lenet');
const weightsFor = (classes: number): number[] => [0.25, 2.5, 1.25].slice(0, classes);

const withoutWeights = (weighted: Model, model: Model): Model =>
  Object.create(weighted, { gradients: { value: model.gradients.bind(model) } }) as Model;

test.each(classifiers)(
  '$title with class weights: gradients by hand and by autodiff agree, and without the weights they do not',
  async ({ model, features, classes }) => {
    const weighted = withClassWeights(model, weightsFor(classes));
    const options = { size: { features, classes }, draws: 1, sources: ['manual', 'autodiff'] as const };
    expect((await checkModel(weighted, options)).agrees).toBe(true);
    expect((await checkModel(withoutWeights(weighted, model), options)).agrees).toBe(false);
  },
);

test.each(['points', 'softmax'])('the weighted gradients of %s are proved', (title) => {
  const { model, classes } = smallZoo.find((one) => one.title === title)!;
  const weighted = withClassWeights(model, weightsFor(classes));
  const proof = expectProved({ title, model: weighted, features: 2, classes });
  expect(proof.verdict).toBe('equal');
  const options = { seed, size: { features: 2, classes }, points: 2 };
  expect(proveGradients(withoutWeights(weighted, model), options).verdict).toBe('different');
});

test('central differences of the weighted loss agree', async () => {
  const weighted = withClassWeights(createModel('mlp', { hidden: [3] }, 3), weightsFor(3));
  expect((await checkModel(weighted, { size: { features: 2, classes: 3 }, draws: 1 })).agrees).toBe(true);
});

test.each([
  ['mlp', 2, [0, 1, 0, 1]],
  ['softmax', 3, [0, 1, 2, 1]],
  ['gate', 2, [0, 1, 0, 1]],
])('%s: a weight of 3 counts as three equal rows', async (name, classes, labels) => {
  const model = createModel(name, name === 'mlp' ? { hidden: [3] } : {}, classes);
  const random = new RandomState(4);
  const initial = model.initial({ features: 2, classes, random });
  const rows = labels.map((label) => ({ label, x: Array.from(random.randn(2)) }));
  const copies = rows.flatMap((row) => (row.label === 1 ? [row, row, row] : [row]));
  await onBackend('float64', {}, () => {
    const parameters = toVariables(initial);
    const at = (which: typeof model, data: typeof rows) => {
      const x = tensorOf(Float64Array.from(data.flatMap((row) => row.x)), [data.length, 2]);
      const oneHot = (label: number) =>
        model.task === 'binary' ? [label] : Array.from({ length: classes }, (_, k) => Number(k === label));
      const y = tensorOf(Float64Array.from(data.flatMap(({ label }) => oneHot(label))), [
        data.length,
        model.task === 'binary' ? 1 : classes,
      ]);
      const factor = model.loss.reduction === 'mean' ? data.length : 1;
      const { gradients } = manual(which, parameters, x, y);
      return [
        lossAt(which, parameters, x, y),
        ...Object.values(gradients).flatMap((g) => [...valuesOf(g)]),
      ].map((value) => value * factor);
    };
    const found = at(withClassWeights(model, [1, 3, 1].slice(0, classes)), rows);
    const expected = at(model, copies);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
    disposeAll(parameters);
  });
});

test('a regression and a loss without weighting are rejected', () => {
  expect(() => withClassWeights(createModel('mlp', {}, 1), [1])).toThrow(InputError);
  const printed = models.mnist.create({ hidden: 4, activation: 'sigmoid', asPrinted: true });
  expect(() => withClassWeights(printed, [1, 2])).toThrow(/cannot be weighted by class/);
});

describe('training with balanced weights', () => {
  // 190 rows of `ok` around 0 and 10 of `rare` around 1.
  const random = new RandomState(2);
  const labels = Uint8Array.from({ length: 200 }, (_, row) => Number(row >= 190));
  const inputs = Float64Array.from(labels, (label) => label + 0.7 * random.randn(1)[0]);
  const part = { rows: 200, features: 1, inputs, divisor: 1, labels };
  const dataset: LoadedDataset = {
    ...{ name: 'rare', source: 'built-in', files: [], classNames: ['ok', 'rare'] },
    ...{ preprocessing: { kind: 'none' }, train: part, test: part },
  };
  const trained = (classWeights?: 'none' | 'balanced') =>
    train(
      requestFor(models.mlp, {
        ...{ options: { hidden: [] }, epochs: 100, batchSize: 'full', optimizer: 'sgd', learningRate: 3 },
        ...{ backend: 'float64', decay: 'none', classWeights },
      }),
      dataset,
      () => Promise.reject(new Error('not loaded')),
    );

  test('finds the rare class, and the weights file says that it was used', async () => {
    const [plain, balanced] = [await trained(), await trained('balanced')];
    expect(plain.metrics.test.perClass[1].recall).toBeLessThan(0.4);
    expect(balanced.metrics.test.perClass[1].recall).toBeGreaterThan(0.6);
    expect(balanced.file.training.classWeights).toBe('balanced');
    expect((await trained('none')).file).toEqual(plain.file);
    expect(plain.file.training).not.toHaveProperty('classWeights');
  });

  test('is rejected for a model that is composed of parts', async () => {
    const request = requestFor(models['xor-composed'], { classWeights: 'balanced' });
    await expect(train(request, dataset, () => Promise.resolve(dataset))).rejects.toThrow(
      'Class weights need a model that is trained as a whole',
    );
  });
});
