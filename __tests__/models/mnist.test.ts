import { beforeAll, describe, expect, test } from '@jest/globals';
import { models } from '../../models/index.ts';
import { makeBatch } from '../../src/data/batches.ts';
import { useBackend } from '../../src/backend/index.ts';
import { gradientSources, numericEntries } from '../../src/model/gradients.ts';
import { toVariables } from '../../src/model/parameters.ts';
import { RandomState } from '../../src/utils/random.ts';
import { valuesOf } from '../../src/utils/tensors.ts';
import { clouds } from '../helpers/toy.ts';

describe.each(['sigmoid', 'relu'])('784 → hidden → 10 with %s units', (activation) => {
  beforeAll(async () => {
    await useBackend('wasm');
  });

  test('by hand, autodiff and central differences agree in float32', () => {
    const model = models.mnist.create({ hidden: 4, activation, asPrinted: false });
    const examples = clouds(7, { features: 5, classes: 3 });
    const parameters = toVariables(model.initial({ features: 5, classes: 3, random: new RandomState(9) }));
    const { x, y } = makeBatch(examples, { task: 'multiclass', classes: 3 });
    const byHand = gradientSources.manual(model, parameters, x, y);
    const byAutodiff = gradientSources.autodiff(model, parameters, x, y);
    expect(byHand.loss).toBeCloseTo(byAutodiff.loss, 5);
    for (const name of Object.keys(parameters)) {
      const manual = valuesOf(byHand.gradients[name]);
      const autodiff = valuesOf(byAutodiff.gradients[name]);
      const numeric = numericEntries(
        model,
        parameters,
        x,
        y,
        name,
        manual.map((_, i) => i),
      );
      manual.forEach((value, i) => {
        expect(value).toBeCloseTo(autodiff[i], 6);
        expect(value).toBeCloseTo(numeric[i], 3);
      });
    }
  });
});
