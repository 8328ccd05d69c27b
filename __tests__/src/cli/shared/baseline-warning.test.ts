import { expect, test } from '@jest/globals';
import { baselineWarning } from '../../../../src/cli/shared/baseline-warning.ts';
import type { RunReport } from '../../../../src/weights/run-record.ts';
import { models } from '../../../../models/index.ts';

test.each<[string, object, number, string | undefined]>([
  [
    'a learning rate far from its own',
    { learningRate: 1000 },
    0.6,
    '--learning-rate 0.1, the default, instead of 1000',
  ],
  ['too few epochs', { epochs: 1 }, 0.6, 'Try --epochs 6, the default'],
  ['fewer than half of its epochs', { epochs: 2 }, 0.6, 'Try --epochs 6, the default'],
  ['half of its epochs', { epochs: 3 }, 0.6, 'Try another --learning-rate'],
  ['its own settings', {}, 0.6, 'Try another --learning-rate, more --epochs or another --seed.'],
  ['luck', { epochs: 1 }, 0.609, 'Try --epochs'],
  ['something learned', { epochs: 1 }, 0.62, undefined],
])('%s', (_, changed, accuracy, advice) => {
  const definition = models.mnist;
  const report = {
    request: { definition, recipe: { ...definition.recipe, ...changed }, options: {} },
    status: 'complete',
    metrics: {
      train: {
        accuracy,
        confusionMatrix: [
          [60, 0],
          [40, 0],
        ],
      },
    },
  } as unknown as RunReport;
  const hint = baselineWarning(report);
  if (advice === undefined) expect(hint).toBeUndefined();
  else expect(hint).toContain(advice);
  expect(baselineWarning({ ...report, status: 'interrupted' })).toBeUndefined();
});
