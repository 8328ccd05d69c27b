import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { models } from '../../../../models/index.ts';
import type { CellResult } from '../../../../src/runs/sweep/cell-file.ts';
import { cellsOf } from '../../../../src/runs/sweep/cells.ts';
import { sweepReport } from '../../../../src/runs/sweep/report.ts';
import { commandFor, countsOf, resultsOf } from '../../../../src/runs/sweep/results.ts';
import { drawCurves } from '../../../../src/runs/sweep/curves.ts';
import { drawHeatMap } from '../../../../src/runs/sweep/heat-map.ts';
import { resultsCsv, resultsJson } from '../../../../src/runs/sweep/tables.ts';

const definition = {
  title: 'a <b> & "c"',
  model: 'mnist',
  fixed: { epochs: 2 },
  grid: { hidden: [8, 16], learningRate: [0.1, 1], seed: [1, 2] },
};
const cells = cellsOf(models.mnist, definition);

/** Accuracies on validation rows; the cell without any diverged, the last is missing. */
const accuracies = [0.5, 0.7, 0.8, 0.9, undefined, undefined, 0.9];
const found = new Map(
  accuracies.map((accuracy, i): [string, CellResult] => {
    const { id } = cells[i];
    const base = { id, backend: 'cpu' as const, epochs: 2, seconds: 1.5, history: [] };
    if (accuracy === undefined) return [id, { ...base, status: 'diverged', message: 'too,\n"large"' }];
    const score = { loss: 1 - accuracy, accuracy };
    const history = [1, 2].map((epoch) => ({ epoch, validationLoss: score.loss / epoch, ...score }));
    const dataset = { name: 'mnist', source: 'dir', fingerprint: 'f' } as const;
    const test = { loss: 9, accuracy: 0.1 };
    return [
      id,
      { ...base, status: 'complete', dataset, history, metrics: { train: test, validation: score, test } },
    ];
  }),
);
const results = resultsOf(definition, cells, found, { data: 'auto', dataDir: '/home/me/my data' });

test('groups differ in their seed alone, and are judged by validation rows, from best to worst', () => {
  expect(results.judgedBy).toBe('validation');
  expect(results.groups.map(({ name }) => name)).toEqual([
    'hidden 16, learningRate 1',
    'hidden 8, learningRate 1',
    'hidden 8, learningRate 0.1',
    'hidden 16, learningRate 0.1',
  ]);
  const [first, second, , last] = results.groups;
  expect(first.accuracy).toEqual({ mean: 0.9, deviation: 0 });
  expect(second.accuracy?.mean).toBeCloseTo(0.85, 12);
  expect(second.accuracy?.deviation).toBeCloseTo(0.1 / Math.SQRT2, 12);
  expect(last.accuracy).toBeUndefined();
  expect(countsOf(results)).toEqual({ cells: 8, complete: 5, diverged: 2, failed: 0, missing: 1 });
});

test('the command trains the best cell again, on its data and backend', () => {
  const command = commandFor(results, results.groups[0]);
  expect(command).toContain(' --record-every=1 ');
  expect(command).toContain(" --backend=cpu --data=dir --data-dir='/home/me/my data'");
  expect(command).toContain('zoo train mnist --epochs=2 --batch-size=100');
  expect(command).toContain('--learning-rate=1');
  expect(command).toContain('--hidden=16');
});

test('CSV has a line for every cell, quoted where needed', () => {
  const rows = parse(resultsCsv(results), { columns: true });
  expect(rows).toHaveLength(8);
  expect(rows[2]).toMatchObject({
    hidden: '8',
    learningRate: '1',
    seed: '1',
    status: 'complete',
    validationAccuracy: '0.8',
    testLoss: '9',
    source: 'dir',
  });
  expect(rows[4]).toMatchObject({ status: 'diverged', testLoss: '', message: 'too,\n"large"' });
  expect(rows[7]).toMatchObject({ status: 'missing' });
});

test('JSON says the same', () => {
  const document = JSON.parse(resultsJson(results)) as { best: { varied: object }; cells: object[] };
  expect(document.best).toMatchObject({ varied: { hidden: 16, learningRate: 1 }, cells: 2, complete: 1 });
  expect(document.cells).toHaveLength(8);
  expect(document.cells[4]).toMatchObject({ status: 'diverged', varied: { hidden: 16, learningRate: 0.1 } });
});

test('the pictures show every mean, and say where there is none; the report escapes what is written in it', async () => {
  const accuracy = await drawHeatMap(results);
  for (const text of ['60.00', '85.00', '90.00', 'diverged', 'hidden', 'learningRate']) {
    expect(accuracy).toContain(`>${text}<`);
  }
  const curves = await drawCurves(results);
  expect(curves).toContain('>hidden 8, learningRate 1<');
  const html = sweepReport(results, { accuracy, curves });
  expect(html).toContain('a &#60;b&#62; &#38; &#34;c&#34;');
  expect(html).toContain('85.00 ± 7.07 %');
  // Self-contained: nothing is fetched.
  expect(html).not.toMatch(/(src|href)=["']?https?:|<script|@import|url\((?!#)/);
});
