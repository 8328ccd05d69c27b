import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { savePlots } from '../../../src/reproduce/report.ts';
import type { Plot } from '../../../src/reproduce/report.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-plots-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const plot = (name: string): Plot => ({
  ...{ document: '003', name, title: `The plot ${name}`, x: { label: 'epoch' }, y: { label: 'loss' } },
  series: [{ name: 'a curve', points: [1, 2].map((x) => [x, 1 / x]) }],
});

test('each plot is drawn twice, in the directory that is named', async () => {
  await savePlots({ plots: [plot('one'), plot('two')] }, directory);
  expect(readdirSync(directory).sort()).toEqual(['one.png', 'one.svg', 'two.png', 'two.svg']);
  expect(readFileSync(join(directory, 'two.svg'), 'utf8')).toContain('The plot two');
  expect(await sharp(join(directory, 'one.png')).metadata()).toMatchObject({ format: 'png' });
});
