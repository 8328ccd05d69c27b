import { beforeAll, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { peakBytes } from '../../../src/backend/wasm/index.ts';
import { makeBatch } from '../../../src/data/batches.ts';
import { gradientSources } from '../../../src/model/gradients.ts';
import { checkMemory } from '../../../src/training/cost.ts';
import { disposeAll, toVariables } from '../../../src/model/parameters.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { tf } from '../../../src/utils/tf.ts';
import { defaultRecipe, type Recipe } from '../../../src/model/recipe.ts';
import { clouds } from '../../helpers/toy.ts';

const train = clouds(4000, { features: 50, classes: 3 });
const model = models.mnist.create({ hidden: 20, activation: 'relu', asPrinted: false });
const data = { train, classNames: ['a', 'b', 'c'] };
const check = (recipe: Partial<Recipe>, budget?: number) =>
  checkMemory(model, data, { ...defaultRecipe, ...recipe }, 'manual', budget);

beforeAll(async () => {
  await useBackend('wasm');
});

/** Bytes that one step on so many rows really takes. */
function bytesOfStep(rows: number): number {
  const parameters = toVariables(model.initial({ features: 50, classes: 3, random: new RandomState(1) }));
  const bytes = peakBytes(() => {
    const { x, y } = makeBatch(train, { task: 'multiclass', classes: 3 }, undefined, 0, rows);
    disposeAll(gradientSources.manual(model, parameters, x, y).gradients);
    tf.dispose([x, y]);
  });
  disposeAll(parameters);
  return bytes;
}

test('what fits is let through and leaves nothing on the backend', () => {
  check({ batchSize: 100 }); // makes the constants that steps share
  const before = tf.memory();
  check({ batchSize: 100 });
  expect(tf.memory()).toEqual(before);
});

test('a batch that does not fit is refused with one that does, and nearly no larger one would', () => {
  const budget = 2_200_000;
  let suggested = 0;
  try {
    check({ batchSize: 'full' }, budget);
  } catch (error) {
    suggested = Number(
      /the largest batch that fits is about --batch-size (\d+)/.exec((error as Error).message)?.[1],
    );
  }
  expect(suggested).toBeGreaterThan(100);
  expect(bytesOfStep(suggested)).toBeLessThan(budget);
  expect(bytesOfStep(suggested)).toBeGreaterThan(0.95 * budget);
  check({ batchSize: suggested }, budget);
  expect(() => check({ batchSize: suggested + 2 }, budget)).toThrow(/--batch-size/);
});

test('a model that does not fit at all says so', () => {
  expect(() => check({ batchSize: 10 }, 30_000)).toThrow(
    /Training needs about .* MiB, but the wasm backend has .* MiB: use a smaller model, fewer rows, or --backend cpu/,
  );
});
