import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { models } from '../../../../models/index.ts';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sweepDefinition } from '../../../../src/cli/shared/sweep.ts';
import printed from '../../../../src/reproduce/printed/000.json' with { type: 'json' };
import {
  trialsOf,
  definitionSchema,
  distinct,
  readDefinition,
  shardOf,
  type SweepDefinition,
} from '../../../../src/runs/sweep/trials.ts';
import { RandomState } from '../../../../src/utils/random.ts';

const plain = (model: string): SweepDefinition => ({ model, fixed: {}, grid: {} });
const fromWords = (model: string, args: Record<string, unknown>) =>
  sweepDefinition(models[model], plain(model), { randomSeed: 1, ...args });

describe('cells', () => {
  test('are every combination, the last name varying fastest', () => {
    const definition = fromWords('mnist', { hidden: '32,64', learningRate: '0.1,1', seeds: 2, epochs: '3' });
    expect(definition).toEqual({
      model: 'mnist',
      fixed: { epochs: 3 },
      grid: { hidden: [32, 64], learningRate: [0.1, 1], seed: [1, 2] },
    });
    const cells = trialsOf(models.mnist, definition);
    expect(cells.map(({ varied }) => Object.values(varied))).toEqual([
      [32, 0.1, 1],
      [32, 0.1, 2],
      [32, 1, 1],
      [32, 1, 2],
      [64, 0.1, 1],
      [64, 0.1, 2],
      [64, 1, 1],
      [64, 1, 2],
    ]);
    expect(cells[3].settings).toMatchObject({
      recipe: { epochs: 3, learningRate: 1, seed: 2, batchSize: 100 },
      options: { hidden: 32, activation: 'relu' },
    });
    expect(new Set(cells.map(({ id }) => id)).size).toBe(8);
  });

  test('vary whatever training takes: optimizer, batch size, gradients, presets, a model’s words', () => {
    const args = {
      optimizer: 'sgd,adam',
      batchSize: '50,full',
      gradients: 'manual,autodiff',
      activation: 'relu,sigmoid',
      asPrinted: 'false,true',
    };
    const cells = trialsOf(models.mnist, fromWords('mnist', args));
    expect(cells).toHaveLength(32);
    expect(cells[31].settings).toMatchObject({
      asPrinted: true,
      gradients: 'autodiff',
      recipe: { optimizer: 'adam', batchSize: 'full' },
      options: { activation: 'sigmoid' },
    });
    const [cell] = trialsOf(models.mnist, fromWords('mnist', { preset: 'document' }));
    expect(cell.settings.options).toEqual({ hidden: 64, activation: 'sigmoid' });
  });

  test('with --random are drawn, the same each time', () => {
    const args = { random: 200, learningRate: '0.001..1', hidden: '16..256', decay: 'none,linear', seeds: 2 };
    const definition = fromWords('mnist', args);
    const cells = trialsOf(models.mnist, definition);
    expect(cells).toHaveLength(400);
    expect(trialsOf(models.mnist, definition)).toEqual(cells);
    const other = trialsOf(models.mnist, fromWords('mnist', { ...args, randomSeed: 2 }));
    expect(other[0].varied.learningRate).not.toBe(cells[0].varied.learningRate);
  });

  test('of equal settings are one training', () => {
    const list = ['a', 'b', 'c'].map((name, i) => ({ name, settings: { learningRate: i === 1 ? 2 : 1 } }));
    const cells = trialsOf(models.gate, { ...plain('gate'), list });
    expect(cells.map(({ varied }) => varied.experiment)).toEqual(['a', 'b', 'c']);
    expect(distinct(cells).map(({ varied }) => varied.experiment)).toEqual(['a', 'b']);
  });

  test('are in exactly one shard each', () => {
    const cells = trialsOf(models.gate, fromWords('gate', { gate: 'and,or,xor', seeds: 7 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (count) => {
        const parts = Array.from({ length: count }, (_, i) => shardOf(cells, { index: i + 1, count }));
        const ids = parts.flat().map(({ id }) => id);
        expect([...ids].sort()).toEqual(cells.map(({ id }) => id).sort());
        const sizes = parts.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a number out of range', { epochs: '10,0' }, /epochs takes a whole number from 1/],
  ['an unknown choice', { optimizer: 'sgd,magic' }, /optimizer takes one of sgd, .*, not "magic"/],
  ['a range without --random', { learningRate: '0.1..1' }, /a range is for --random/],
  ['nothing to draw', { random: 3 }, /--random needs settings to draw/],
  ['far too many cells', { epochs: '1,2,3,4,5,6,7,8,9,10,11', seeds: 10_000 }, /at most 100000/],
])('%s is refused before anything is trained', (_, args, message) => {
  expect(() => trialsOf(models.gate, fromWords('gate', args))).toThrow(message);
});

test('a range of a file goes from low to high, not from one value to the same', () => {
  const drawn = (low: number, high: number) =>
    definitionSchema.safeParse({
      model: 'gate',
      random: { draws: 1, seed: 1, from: { epochs: { low, high } } },
    });
  expect(drawn(1, 2).success).toBe(true);
  for (const [low, high] of [
    [2, 2],
    [3, 2],
  ])
    expect(JSON.stringify(drawn(low, high).error)).toContain('low must be below high');
});

describe('the sweeps that come with the zoo', () => {
  const directory = fileURLToPath(new URL('../../../../sweeps/', import.meta.url));
  test('all of them make cells', async () => {
    for (const name of await readdir(directory)) {
      const definition = await readDefinition(directory + name);
      expect(trialsOf(models[definition.model], definition).length).toBeGreaterThan(1);
    }
  });

  test('document 000: its eighteen experiments, of which two are printed twice', async () => {
    const definition = await readDefinition(`${directory}document-000.json`);
    const cells = trialsOf(models.points, definition);
    expect(cells.map(({ settings: { options, recipe } }) => [options, recipe])).toEqual(
      printed.experiments.map(({ initial, learningRate }) => [
        { ...initial, rows: 10_000, testRows: 10_000 },
        { ...models.points.recipe, epochs: 5000, learningRate },
      ]),
    );
    expect(distinct(cells)).toHaveLength(16);
  });

  test('document 001: three learning rates', async () => {
    const definition = await readDefinition(`${directory}document-001.json`);
    const recipes = trialsOf(models.cats, definition).map(({ settings }) => settings.recipe);
    expect(recipes.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.001, 0.0001]);
    expect(recipes.map(({ epochs }) => epochs)).toEqual([1500, 1500, 1500]);
  });
});

test('draws are the random stream, four digits of it: by their logarithm from above 0, evenly from 0 or below', () => {
  const from = {
    optimizer: ['sgd', 'adam', 'rmsprop'],
    learningRate: { low: 0.001, high: 10 },
    validation: { low: 0, high: 0.5 },
    hidden: { low: 10, high: 1000 },
  };
  const cells = trialsOf(models.mnist, {
    ...{ model: 'mnist', fixed: {}, grid: {}, random: { draws: 30, seed: 5, from } },
  });
  const random = new RandomState(5);
  expect(cells.map(({ varied }) => varied)).toEqual(
    cells.map(() => ({
      optimizer: from.optimizer[Math.floor(3 * random.random())],
      learningRate: Number((0.001 * 10_000 ** random.random()).toPrecision(4)),
      validation: Number((0.5 * random.random()).toPrecision(4)),
      hidden: Math.round(10 * 100 ** random.random()),
    })),
  );
});
