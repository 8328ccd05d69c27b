import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { models } from '../../../../models/index.ts';
import { cellsOf } from '../../../../src/runs/sweep/cells.ts';
import { sweepReport } from '../../../../src/runs/sweep/report.ts';
import { commandFor, countsOf, resultsOf } from '../../../../src/runs/sweep/results.ts';
import { accuracyMap, accuracyOfDraws, lossCurves } from '../../../../src/runs/sweep/pictures.ts';
import { drawHeatMap } from '../../../../src/pictures/plots/heat-map.ts';
import { drawCharts } from '../../../../src/pictures/plots/line-chart.ts';
import { resultsCsv, resultsJson } from '../../../../src/runs/sweep/tables.ts';
import { definition, found, results } from './example-results.ts';

test('groups differ in their seed alone, and are judged by validation rows, from best to worst', () => {
  expect(results.judgedBy).toBe('validation');
  expect(results.groups.map(({ name }) => name)).toEqual([
    'hidden 16, learningRate 1',
    'hidden 8, learningRate 1',
    'hidden 8, learningRate 0.1',
    'hidden 16, learningRate 0.1',
  ]);
  const [first, second, , last] = results.groups;
  expect(first.score).toEqual({ mean: 0.9, deviation: 0 });
  expect(second.score?.mean).toBeCloseTo(0.85, 12);
  expect(second.score?.deviation).toBeCloseTo(0.1 / Math.SQRT2, 12);
  expect(last.score).toBeUndefined();
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

test('the map is over what varies, not over what is the same in all cells', () => {
  const grid = { activation: ['relu'], hidden: [8], learningRate: [0.1, 1], seed: [1, 2] };
  const { rowName, columnName, rows, columns } = accuracyMap(
    resultsOf(definition, cellsOf(models.mnist, { ...definition, grid }), new Map(), { data: 'auto' }),
  );
  expect([rowName, columnName, rows, columns]).toEqual(['learningRate', '', ['0.1', '1'], ['']]);
});

test('the pictures show every mean, and say where there is none', async () => {
  const map = accuracyMap(results);
  expect(map).toMatchObject({
    rowName: 'hidden',
    columnName: 'learningRate',
    rows: ['8', '16'],
    columns: ['0.1', '1'],
  });
  expect(map.cells).toEqual([
    [expect.closeTo(60, 9), expect.closeTo(85, 9)],
    ['diverged', expect.closeTo(90, 9)],
  ]);
  const svg = await drawHeatMap(map);
  for (const text of ['60.00', '85.00', '90.00', 'diverged', 'hidden', 'learningRate']) {
    expect(svg).toContain(`>${text}<`);
  }
  const curves = lossCurves(results);
  expect(curves.series.map(({ name }) => name)).toEqual(results.groups.slice(0, 3).map(({ name }) => name));
  expect(curves.series[1].points).toEqual([
    [1, expect.closeTo(0.15, 12)],
    [2, expect.closeTo(0.075, 12)],
  ]);
  expect(await drawCharts('curves', [curves])).toContain('>hidden 8, learningRate 1<');
});

test('draws of a range are points over it, on its scale', () => {
  const from = { learningRate: { low: 0.001, high: 1 } };
  const random = { draws: 4, seed: 1, from };
  const drawn = cellsOf(models.mnist, { ...definition, grid: {}, random });
  const scored = new Map(
    drawn.map(({ id }, i) => [id, { ...[...found.values()][i], id, status: 'complete' as const }]),
  );
  const { x, series } = accuracyOfDraws(
    resultsOf({ ...definition, grid: {}, random }, drawn, scored, results.data),
  )!;
  expect(x).toMatchObject({ label: 'learningRate', min: 0.001, max: 1, logarithmic: true });
  const rates = drawn.map(({ varied }) => varied.learningRate);
  expect(series[0].points.map(([rate]) => rate).sort()).toEqual([...rates].sort());
  expect(accuracyOfDraws(results)).toBeUndefined();
});

test('the report is a page like the others: scores of each split, nothing fetched, everything escaped', async () => {
  const html = await sweepReport(results);
  expect(html).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
  expect(html).toContain('Content-Security-Policy');
  expect(html).toContain('85.00 ± 7.07 %');
  for (const heading of ['training accuracy', 'validation accuracy', 'test accuracy', 'validation loss']) {
    expect(html).toMatch(new RegExp(`<th scope="col" class="[a-z]*">${heading}</th>`));
  }
  expect(html).toContain('10.00 %'); // of the test rows, which rank nothing
  expect(html).not.toMatch(/(src|href)="(?!data:)|@import|url\((?!data:)/);
});
