import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { resultsDocument } from '../../../../src/runs/sweep/results.ts';
import { writeResults } from '../../../../src/runs/sweep/report.ts';
import { definition, results } from './example-results.ts';

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-results-'));
  await writeResults(directory, results);
});
afterAll(() => rmSync(directory, { recursive: true }));

test('a sweep leaves tables, a page, and each picture twice', async () => {
  expect(readdirSync(directory).sort()).toEqual([
    'accuracy.png',
    'accuracy.svg',
    'curves.png',
    'curves.svg',
    'report.html',
    'results.csv',
    'results.json',
  ]);
  for (const name of ['accuracy', 'curves']) {
    const [png, svg] = await Promise.all(
      ['png', 'svg'].map((kind) => sharp(join(directory, `${name}.${kind}`)).metadata()),
    );
    expect([png.format, svg.format]).toEqual(['png', 'svg']);
    expect(png.width / png.height).toBeCloseTo(svg.width / svg.height, 1);
  }
});

test('results.json counts what came of the trials', () => {
  const text = readFileSync(join(directory, 'results.json'), 'utf8');
  expect(text).toMatch(/^\{\s*"format": "backprop-zoo\/sweep-results",\s*"version": 1,/);
  const { counts, cells, groups, best } = JSON.parse(text) as ReturnType<typeof resultsDocument>;
  expect(counts).toEqual({ cells: 8, complete: 5, diverged: 2, failed: 0, missing: 1 });
  expect(cells.map(({ status }) => status)).toEqual([
    'complete',
    'complete',
    'complete',
    'complete',
    'diverged',
    'diverged',
    'complete',
    'missing',
  ]);
  const means = groups.map(({ accuracy }) => accuracy?.mean);
  expect(means).toEqual([0.9, expect.closeTo(0.85, 9), 0.6, undefined]);
  expect(groups[1].loss!.mean).toBeCloseTo(1 - 0.85, 9);
  expect(best!.accuracy!.mean).toBe(0.9);
  expect(best!.command).toContain('zoo train mnist');
  expect(definition.grid.hidden).toContain(best!.varied.hidden);
});

test('results.csv has a line for each trial, with every number as it is', () => {
  const [header, ...lines] = readFileSync(join(directory, 'results.csv'), 'utf8')
    .trimEnd()
    .split(/\r?\n(?=[0-9a-f]{16},)/);
  expect(header.split(',')).toEqual(
    expect.arrayContaining([
      'id',
      'hidden',
      'learningRate',
      'seed',
      'status',
      'validationAccuracy',
      'testLoss',
    ]),
  );
  expect(lines).toHaveLength(8);
  expect(lines[1]).toContain(',complete,2,1.5,9,0.1,');
});
