/** What a page may leave out, tried where there is no page. */
import { beforeAll, expect, test } from '@jest/globals';
import { computedDatasets, InputError, models, train, useBackend } from '../../src/browser.ts';

beforeAll(() => useBackend('cpu'));

test('data that are computed may be left out, others are asked for', async () => {
  const { metrics } = await train(models.gate, { epochs: 1, backend: 'cpu' });
  expect(metrics.test.accuracy).toBeGreaterThanOrEqual(0);
  expect(Object.keys(computedDatasets)).toEqual(['logic-gates', 'points']);
  await expect(train(models.mnist, { epochs: 1, backend: 'cpu' })).rejects.toThrow(
    new InputError('The dataset mnist is not computed: give its rows as `data`.'),
  );
});
