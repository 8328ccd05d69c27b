/**
 * Every model on every backend that is installed: gradients, training and the documents' numbers, against double
 * precision. Where TensorFlow's native library is not installed, its part is skipped, and says so.
 */
import '../../../src/backend/tensorflow/tensorflow.ts';
import { describe, expect, jest, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend, type BackendName } from '../../../src/backend/index.ts';
import { checkModel } from '../../../src/gradcheck/check.ts';
import { gradientSources } from '../../../src/model/gradients.ts';
import { document004 } from '../../../src/reproduce/document-004.ts';
import type { Model } from '../../../src/model/model.ts';
import type { Recipe } from '../../../src/model/recipe.ts';
import { train } from '../../../src/training/train.ts';
import { describeOnEach, float32Backends } from '../../helpers/backends.ts';
import { difference, gradientsOf, randomParameters } from '../../helpers/gradients.ts';
import { contextWithoutData } from '../../helpers/reproduction.ts';
import { smallZoo, type SmallModel } from '../../helpers/small-zoo.ts';
import { clouds } from '../../helpers/toy.ts';

// TensorFlow's first steps are slow on a busy machine.
jest.setTimeout(120_000);

async function on<T>(backend: BackendName, work: () => T | Promise<T>): Promise<T> {
  await useBackend(backend);
  return work();
}

/** Gradients, both ways, of a small model at random parameters. */
const gradients = ({ model, features, classes }: SmallModel) =>
  gradientsOf(
    model,
    randomParameters(model, features, classes, 8),
    clouds(13, { features, classes }),
    classes,
  );

/** That of the zoo's model; the forms of `mlp` say in brackets what they predict. */
const recipeOf = ({ name }: Model): Recipe => models[name.split(' ')[0]].recipe;

/** Some epochs of the model's own recipe on toy data. */
function shortTraining({ model, features, classes }: SmallModel, source: 'manual' | 'autodiff') {
  const usual = recipeOf(model);
  const recipe = {
    ...usual,
    epochs: 5,
    batchSize: usual.batchSize === 'full' ? usual.batchSize : 16,
    validation: 0.2,
    // Adam takes steps of this length, whatever the gradients.
    learningRate: usual.optimizer === 'adam' ? usual.learningRate : 0.1,
  };
  const data = { train: clouds(80, { features, classes }) };
  return train(model, data, { recipe, gradients: gradientSources[source], classes });
}

describeOnEach('parity', float32Backends, (backend) => {
  // A step that single precision can measure takes some of a convolution's many units across their kinks, and some of a deep
  // network's; what is compared of these is their gradients with those of double precision, below.
  const smooth = smallZoo.filter(({ title }) => title !== 'lenet' && title !== 'mlp, relu');
  test.each(smooth)('$title: the gradient check passes', async ({ model, features, classes }) => {
    const size = { features, classes };
    const report = await checkModel(model, { backend, size, draws: 2, entries: 8 });
    expect(report).toMatchObject({ backend, agrees: true });
    for (const { manualVsAutodiff } of report.parameters)
      expect(manualVsAutodiff!.normwise).toBeLessThanOrEqual(1e-5);
  });

  test.each(smallZoo)('$title: loss and gradients are those of double precision', async (it) => {
    const exact = await on('float64', () => gradients(it));
    const computed = await on(backend, () => gradients(it));
    for (const source of ['manual', 'autodiff'] as const) {
      expect(difference([computed[source].loss], [exact[source].loss])).toBeLessThan(1e-6);
      for (const [name, gradient] of Object.entries(exact[source].gradients))
        expect(difference(computed[source].gradients[name], gradient)).toBeLessThan(1e-5);
    }
  });

  test.each(smallZoo)('$title: training ends where it ends in double precision', async (it) => {
    for (const source of ['manual', 'autodiff'] as const) {
      const exact = await on('float64', () => shortTraining(it, source));
      const first = await on(backend, () => shortTraining(it, source));
      expect(first.steps).toBe(recipeOf(it.model).batchSize === 'full' ? 5 : 20);
      exact.history.forEach(({ loss, validationLoss }, epoch) => {
        expect(difference([first.history[epoch].loss], [loss])).toBeLessThan(1e-5);
        expect(difference([first.history[epoch].validationLoss!], [validationLoss!])).toBeLessThan(1e-5);
      });
      for (const [name, { values }] of Object.entries(exact.parameters))
        expect(difference(first.parameters[name].values, values)).toBeLessThan(1e-5);
    }
  });

  test.each(smallZoo)('$title: the same training twice gives the same weights', async (it) => {
    const first = await on(backend, () => shortTraining(it, 'manual'));
    const second = await on(backend, () => shortTraining(it, 'manual'));
    expect(second.parameters).toEqual(first.parameters);
  });

  test.each(smallZoo)('$title: trained by hand and by autodiff, the weights agree', (it) =>
    expectSameWeights(backend, it, 1e-5),
  );
});

describe('in double precision', () => {
  test.each(smallZoo)('$title: trained by hand and by autodiff, the weights agree', (it) =>
    expectSameWeights('float64', it, 1e-12),
  );
});

async function expectSameWeights(backend: BackendName, it: SmallModel, tolerance: number): Promise<void> {
  const manual = await on(backend, () => shortTraining(it, 'manual'));
  const autodiff = await on(backend, () => shortTraining(it, 'autodiff'));
  for (const [name, { values }] of Object.entries(manual.parameters))
    expect(difference(autodiff.parameters[name].values, values)).toBeLessThan(tolerance);
}

describeOnEach("the documents' numbers", ['tensorflow'], (backend) => {
  test('of the gates and of both XORs come out to 1e-4', async () => {
    const { rows } = await document004(contextWithoutData(backend));
    const judged = rows.filter(({ needsData, kind }) => needsData === undefined && kind !== 'numpy');
    expect(judged.length).toBeGreaterThan(20);
    expect(judged.filter(({ reproduced }) => !reproduced)).toEqual([]);
  });
});
