import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { drawLearningCurve } from '../../../../src/pictures/plots/learning-curve.ts';
import { toPng } from '../../../../src/pictures/plots/picture.ts';

test('both panels, titles, axes and the validation rows are drawn, as SVG and PNG', async () => {
  const history = [1, 2, 3].map((epoch) => ({
    epoch,
    loss: 1 / epoch,
    accuracy: 1 - 0.3 / epoch,
    validationLoss: 1.2 / epoch,
    validationAccuracy: 1 - 0.4 / epoch,
    seconds: epoch,
  }));
  const svg = await drawLearningCurve('mnist by hand', history);
  for (const text of ['mnist by hand', 'training', 'validation', 'loss', 'accuracy in %', 'epoch']) {
    expect(svg).toContain(text);
  }
  const { width, height, format } = await sharp(await toPng(svg)).metadata();
  expect({ width, height, format }).toEqual({ width: 1800, height: 920, format: 'png' });
  const without = await drawLearningCurve(
    'x',
    history.map(({ epoch, loss, accuracy, seconds }) => ({ epoch, loss, accuracy, seconds })),
  );
  expect(without).not.toContain('validation');
});
