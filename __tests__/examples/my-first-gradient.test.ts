import { expect, test } from '@jest/globals';
import model from '../../examples/my-first-gradient.ts';
import { checkModel, expectGradientsToAgree } from '../../src/gradcheck/check.ts';

test('the example is right, at every point and on data', async () => {
  expect((await checkModel(model)).agrees).toBe(true);
  await expectGradientsToAgree(model, {
    x: [
      [0.2, -1.3],
      [0.7, 0.1],
    ],
    y: [[1], [0]],
  });
});
