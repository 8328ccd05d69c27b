/** Which rows training sees, and in which order; how its figures come of them. */
import { beforeAll, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { manual, type GradientSource } from '../../../src/model/gradients.ts';
import { defaultRecipe, type Recipe } from '../../../src/model/recipe.ts';
import { valuesOf } from '../../../src/utils/tensors.ts';
import { train } from '../../../src/training/train.ts';
import { clouds } from '../../helpers/toy.ts';

beforeAll(() => useBackend('cpu'));

const rows = 23;
/** The first column of each row is its number. */
function numbered() {
  const examples = clouds(rows, { features: 2, classes: 3 });
  const inputs = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i / 2 : Math.sin(i)));
  return { ...examples, inputs };
}

/** Trains, and says which rows each step saw. */
async function seen(
  changes: Partial<Recipe>,
  validation = undefined as ReturnType<typeof numbered> | undefined,
) {
  const model = models.softmax.create({ asPrinted: false });
  const batches: { rows: number[]; loss: number }[] = [];
  const watching: GradientSource = (model, parameters, x, y) => {
    const result = manual(model, parameters, x, y);
    const values = valuesOf(x);
    batches.push({ rows: Array.from({ length: x.shape[0] }, (_, i) => values[2 * i]), loss: result.loss });
    return result;
  };
  const recipe: Recipe = { ...defaultRecipe, epochs: 3, batchSize: 5, learningRate: 0.001, ...changes };
  const data = { train: numbered(), validation };
  const result = await train(model, data, { recipe, gradients: watching, classes: 3 });
  return { ...result, batches };
}

const all = Array.from({ length: rows }, (_, i) => i);
const sorted = (list: number[]) => [...list].sort((a, b) => a - b);

test('every epoch sees every row once, each in another order, that of the seed', async () => {
  const { batches } = await seen({});
  expect(batches.map((step) => step.rows.length)).toEqual([5, 5, 5, 5, 3, 5, 5, 5, 5, 3, 5, 5, 5, 5, 3]);
  const epochs = [0, 5, 10].map((start) => batches.slice(start, start + 5).flatMap((step) => step.rows));
  for (const epoch of epochs) expect(sorted(epoch)).toEqual(all);
  expect(new Set([all, ...epochs].map(String)).size).toBe(4);
  expect((await seen({})).batches).toEqual(batches);
  expect((await seen({ seed: 2 })).batches[0].rows).not.toEqual(batches[0].rows);
});

test('a full batch sees every row in its own order', async () => {
  const { batches } = await seen({ batchSize: 'full' });
  expect(batches.map((step) => step.rows)).toEqual([all, all, all]);
});

test('rows that are set aside are the share that was asked for, drawn by chance, and never trained on', async () => {
  const { batches, setAside, trainRows, validationRows } = await seen({ validation: 0.3 });
  const validation = Array.from(setAside!.validation);
  expect([trainRows, validationRows, validation.length]).toEqual([17, 6, 6]);
  const trained = [...new Set(batches.flatMap((step) => step.rows))];
  expect(sorted([...trained, ...validation])).toEqual(all);
  expect(sorted(validation)).not.toEqual(all.slice(0, 6));
  const other = (await seen({ validation: 0.3, seed: 2 })).setAside!;
  expect(sorted(Array.from(other.validation))).not.toEqual(sorted(validation));
  expect(sorted(Array.from(setAside!.training))).toEqual(sorted(trained));
});

test('a share of less than a row sets none aside; where the data brings its own, the share is ignored', async () => {
  expect(await seen({ validation: 0.04 })).toMatchObject({ trainRows: rows, validationRows: 0 });
  const { batches, setAside, validationRows } = await seen({ validation: 0.3 }, numbered());
  expect([validationRows, setAside]).toEqual([rows, undefined]);
  expect(sorted(batches.slice(0, 5).flatMap((step) => step.rows))).toEqual(all);
});

test('the loss of an epoch is the mean over its rows, not over its batches', async () => {
  const { batches, history } = await seen({ epochs: 1 });
  const sum = batches.reduce((total, { rows, loss }) => total + rows.length * loss, 0);
  expect(history[0].loss).toBeCloseTo(sum / rows, 12);
  const overBatches = batches.reduce((total, { loss }) => total + loss, 0) / batches.length;
  expect(Math.abs(history[0].loss - overBatches)).toBeGreaterThan(1e-4);
});

test('the rate falls over the whole run: after its middle the weights move less than before it', async () => {
  const moved = async (epochs: number, decay: Recipe['decay']) => {
    const model = models.softmax.create({ asPrinted: false });
    const steps: Float64Array[] = [];
    const recipe: Recipe = { ...defaultRecipe, epochs, batchSize: 8, learningRate: 1e-4, decay };
    await train(
      model,
      { train: clouds(40, { features: 2, classes: 3 }) },
      {
        recipe,
        gradients: manual,
        classes: 3,
        onEpoch: (_, parameters) => steps.push(Float64Array.from(valuesOf(parameters.weights))),
      },
    );
    const far = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((value, i) => value - b[i]));
    return steps.slice(1).map((values, i) => far(values, steps[i]));
  };
  const steady = await moved(20, 'none');
  expect(steady.at(-1)! / steady[0]).toBeCloseTo(1, 1);
  const falling = await moved(20, 'cosine');
  expect(falling.at(-1)! / falling[0]).toBeLessThan(0.02);
  expect(falling[9] / falling[0]).toBeGreaterThan(0.4);
});
