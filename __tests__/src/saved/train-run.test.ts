import { expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { points } from '../../../datasets/points.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { silent } from '../../../src/core/progress.ts';
import { plainRecipe } from '../../../src/core/recipe.ts';
import { scoreRun, trainRun } from '../../../src/saved/train-run.ts';

test('rows that are set aside to validate have scores of their own, and are no training rows', async () => {
  await useBackend('cpu');
  const options = { rows: 40, testRows: 30 };
  const dataset = await points.load({ data: 'built-in', cacheDir: '', seed: 1, options, progress: silent });
  const entry = models.points;
  const model = entry.create({
    ...Object.fromEntries(Object.entries(entry.options).map(([k, { default: d }]) => [k, d])),
    asPrinted: false,
  });
  const recipe = { ...plainRecipe, epochs: 3, learningRate: 1, validation: 0.25 };
  const request = {
    entry,
    options,
    asPrinted: false,
    recipe,
    gradients: 'manual',
    backend: 'cpu',
    recordEvery: 1,
  } as const;
  const { result } = await trainRun({ request, model, dataset }, () => Promise.reject(new Error('no parts')));
  const { train, validation, test } = scoreRun({ model, dataset }, result);
  const rows = [train, validation!, test].map(({ perClass }) =>
    perClass.reduce((sum, { support }) => sum + support, 0),
  );
  expect(rows).toEqual([30, 10, 30]);
  const { validationLoss, validationAccuracy } = result.history.at(-1)!;
  expect(validation!.loss).toBeCloseTo(validationLoss!, 6);
  expect(validation!.accuracy).toBe(validationAccuracy);
  const whole = scoreRun({ model, dataset }, { parameters: result.parameters });
  expect(whole.validation).toBeUndefined();
  expect((30 * train.logLoss + 10 * validation!.logLoss) / 40).toBeCloseTo(whole.train.logLoss, 9);
});
