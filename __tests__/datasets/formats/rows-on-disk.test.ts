import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import type { Examples, LoadedDataset } from '../../../src/core/data/dataset.ts';
import { InputError, WorkError } from '../../../src/core/errors.ts';
import { evaluate } from '../../../src/core/scoring/evaluate.ts';
import { silent } from '../../../src/core/progress.ts';
import { fingerprintOf } from '../../../src/node/fingerprint.ts';
import { manual } from '../../../src/core/gradients/manual.ts';
import { disposeAll, toVariables } from '../../../src/core/parameters.ts';
import { RandomState } from '../../../src/core/random.ts';
import { RowsOnDisk } from '../../../datasets/formats/rows-on-disk.ts';
import { summarise } from '../../../src/core/data/summary.ts';
import { closeDataset } from '../../../src/core/data/stored-inputs.ts';
import { train } from '../../../src/core/training/train.ts';
import type { TrainingResult } from '../../../src/core/training/types.ts';
import { plainRecipe, type Recipe } from '../../../src/core/recipe.ts';

let place: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'zoo-rows-'));
  await useBackend('wasm');
});
afterAll(() => rmSync(place, { recursive: true }));

let files = 0;
/** A file of these bytes after some others, and where they begin. */
function fileOf(bytes: Uint8Array, offset = 16) {
  const path = join(place, String(files++));
  writeFileSync(path, Buffer.concat([Buffer.alloc(offset, 77), bytes]));
  return { path, offset, length: bytes.length };
}

function pixels(rows: number, features: number, seed = 5): Examples & { inputs: Uint8Array } {
  const random = new RandomState(seed);
  return {
    ...{ rows, features, divisor: 255 },
    labels: Uint8Array.from(random.randint(0, 3, rows)),
    inputs: new Uint8Array(rows * features).map((_, i) => (i * (seed + 7) + (i >> 3)) % 251),
  };
}

const onDisk = (examples: Examples & { inputs: Uint8Array }): Examples => ({
  ...examples,
  inputs: new RowsOnDisk(fileOf(examples.inputs)),
});

const model = models.mnist.create({ hidden: 4, activation: 'sigmoid', asPrinted: false });

const trained = (data: { train: Examples; validation?: Examples }, recipe: Partial<Recipe>, dataMemory = 0) =>
  train(model, data, {
    recipe: { ...plainRecipe, epochs: 2, learningRate: 0.5, ...recipe },
    gradients: manual,
    classes: 3,
    dataMemory,
  });

const withoutTime = ({ seconds: _, history, ...result }: TrainingResult) => ({
  ...result,
  history: history.map(({ seconds: __, ...record }) => record),
});

describe('a run with rows on disk is, to the last bit, one with rows in memory', () => {
  test('whatever its rows, batches and validation share', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.oneof(fc.constant('full' as const), fc.integer({ min: 1, max: 70 })),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.nat(1000),
        async (rows, features, batchSize, validation, seed) => {
          const memory = pixels(rows, features, seed);
          const disk = onDisk(memory);
          const recipe = { batchSize, validation, seed };
          const here = withoutTime(await trained({ train: memory }, recipe, 2 ** 29));
          expect(withoutTime(await trained({ train: memory }, recipe))).toEqual(here);
          expect(withoutTime(await trained({ train: disk }, recipe))).toEqual(here);
        },
      ),
      { seed: 1, numRuns: 15 },
    );
  });

  test('also where batches and validation rows are more than what is read or kept at once', async () => {
    // 2²⁰ bytes are read at a time, 2²³ numbers kept on the backend.
    const [rows, validation] = [pixels(80, 30_000), pixels(290, 30_000, 6)];
    const recipe = { batchSize: 50, epochs: 1 };
    const here = withoutTime(await trained({ train: rows, validation }, recipe, 2 ** 29));
    const there = withoutTime(await trained({ train: onDisk(rows), validation: onDisk(validation) }, recipe));
    expect(there).toEqual(here);
    expect(here.history[0].validationLoss).toBeGreaterThan(0);
  });

  test('and so are its scores, fingerprint and summary', async () => {
    const [rows, test, many] = [pixels(135, 8000), pixels(5, 8000, 6), pixels(2001, 8)];
    const dataset = (train: Examples, test: Examples) =>
      ({ train, test, classNames: ['a', 'b', 'c'] }) as unknown as LoadedDataset;
    const memory = dataset(rows, test);
    const disk = dataset(onDisk(rows), onDisk(test));
    const initial = model.initial({ features: 8, classes: 3, random: new RandomState(1) });
    const parameters = toVariables(initial);
    expect(evaluate(model, parameters, onDisk(many), 3)).toEqual(evaluate(model, parameters, many, 3));
    disposeAll(parameters);
    const reports: number[][] = [];
    const update = (_: string, done: number, total?: number) => void reports.push([done, total!]);
    expect(await fingerprintOf(disk, { ...silent, update })).toBe(await fingerprintOf(memory));
    const total = rows.inputs.length + test.inputs.length;
    expect(reports.at(-1)).toEqual([total, total]);
    expect(reports).toEqual(reports.toSorted(([a], [b]) => a - b));
    expect(new Set(reports.map(([done]) => done)).size).toBeGreaterThan(2);
    expect(summarise(disk)).toEqual(summarise(memory));
    closeDataset(disk);
    expect(() => disk.train.inputs.subarray(0, 1)).toThrow('is closed');
  });
});

describe('reading', () => {
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => i);

  test('takes what an array would give, from its place in the file', () => {
    const rows = new RowsOnDisk(fileOf(bytes));
    expect([rows.length, rows.BYTES_PER_ELEMENT]).toEqual([60, 1]);
    fc.assert(
      fc.property(fc.integer({ min: -70, max: 70 }), fc.integer({ min: -70, max: 70 }), (start, end) => {
        expect(rows.subarray(start, end)).toEqual(bytes.subarray(start, end));
        expect(rows.subarray(start)).toEqual(bytes.subarray(start));
      }),
    );
  });

  test('rows come in any order, repeated or not', () => {
    const rows = new RowsOnDisk(fileOf(bytes));
    const order = [0, 9, 4, 5, 6, 6, 7, 2, 1, 19];
    const into = new Uint8Array(24).fill(255);
    rows.gather(into, 3, order, 1, 9);
    const expected = order.slice(1, 9).flatMap((row) => [3 * row, 3 * row + 1, 3 * row + 2]);
    expect(Array.from(into)).toEqual(expected);
  });

  test('what cannot be read at all is told at once', () => {
    const { path, ...stretch } = fileOf(bytes);
    expect(() => new RowsOnDisk({ path: join(place, 'none'), ...stretch })).toThrow(
      /^cannot read ".*none": it does not exist$/,
    );
    const longer = () => new RowsOnDisk({ path, ...stretch, length: 61 });
    expect(longer).toThrow(/: it has 76 bytes, not the 77 that its header makes$/);
    expect(longer).toThrow(InputError);
    expect(() => new RowsOnDisk({ path: place, offset: 0, length: 1 })).toThrow(InputError);
  });

  test.each<[string, (path: string) => void, string]>([
    ['is cut', (path) => truncateSync(path, 30), 'it has become shorter'],
    ['is emptied', (path) => truncateSync(path, 0), 'it has become shorter'],
    ['grows', (path) => appendFileSync(path, 'x'), 'it has changed'],
    ['is written to', (path) => utimesSync(path, 1, 1), 'it has changed'],
  ])('a file that %s ends it, in one sentence', (_, change, what) => {
    const file = fileOf(bytes);
    const rows = new RowsOnDisk(file);
    change(file.path);
    const sentence = new WorkError(
      `cannot go on reading ${JSON.stringify(file.path)}: ${what} since it was opened; ` +
        'begin again, and leave it as it is meanwhile',
    );
    expect(() => rows.subarray(0, 1)).toThrow(sentence);
    expect(() => rows.gather(new Uint8Array(3), 3, [0], 0, 1)).toThrow(sentence);
  });

  test('training on a file that changes ends, too', async () => {
    const memory = pixels(50, 8);
    const file = fileOf(memory.inputs);
    const data = { train: { ...memory, inputs: new RowsOnDisk(file) } };
    utimesSync(file.path, 1, 1);
    const failure = trained(data, { batchSize: 10 });
    await expect(failure).rejects.toThrow(WorkError);
    await expect(failure).rejects.toThrow(/^cannot go on reading /);
  });
});
