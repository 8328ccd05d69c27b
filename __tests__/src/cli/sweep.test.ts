/** A sweep from the command line, which trains in threads; whatever takes longer is in sweep.long.test.ts. */
import { beforeAll, expect, test } from '@jest/globals';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf } from '../../helpers/published.ts';
import { zoo, type Outcome } from '../../helpers/zoo.ts';
import { zooHere } from '../../helpers/zoo-here.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();
let [whole, half]: Outcome[] = [];
const words = 'sweep gate --gate and,or --epochs 3,4 --backend cpu --workers 1'.split(' ');
beforeAll(async () => {
  const sweep = (...more: string[]) => zoo([...words, ...more], { cwd: directory });
  [whole, half] = await Promise.all([
    sweep('--out', 'whole'),
    sweep('--shard', '1/2', '--seeds', '2', '--json', '--out', 'parts/1'),
  ]);
}, 120_000);

test('prints the data, one line per training and one row per group, and writes the results', () => {
  const { code, stdout, stderr } = whole;
  expect(code).toBe(0);
  expect(stderr).toMatch(/data: logic-gates \(built-in\), 4 training rows/);
  expect(stderr).toMatch(/4 trainings on 1 thread; in whole/);
  expect(stderr.match(/\d+\.\d s$/gm)).toHaveLength(4);
  const rows = stdout.split('\n').filter((line) => / 1\/1 /.test(line));
  expect(rows.map((row) => row.trim().split(/\s+/).slice(0, 2).join(' ')).sort()).toEqual([
    ...['and 3', 'and 4', 'or 3', 'or 4'],
  ]);
  const losses = rows.map((row) => Number(row.trim().split(/\s+/).at(-1)));
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(stdout).toContain('4 of 4 trials complete');
  for (const name of ['report.html', 'results.csv', 'results.json'])
    expect(existsSync(join(directory, 'whole', name))).toBe(true);
});

test('the files of a sweep are valid by their schemas', () => {
  const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(directory, ...path), 'utf8'));
  expect(faultsOf('sweep-directory', read('whole/sweep.json'))).toEqual([]);
  const cells = readdirSync(join(directory, 'whole/cells'));
  expect(cells).toHaveLength(4);
  for (const cell of cells) expect(faultsOf('sweep-cell', read('whole/cells', cell))).toEqual([]);
});

test('a part is complete with its own trials; merged alone it lacks the others', async () => {
  expect(half.code).toBe(0);
  const counts = { cells: 8, complete: 4, diverged: 0, failed: 0, missing: 4 };
  expect(JSON.parse(half.stdout)).toMatchObject({ counts, trained: 4, finishedBefore: 0, out: 'parts/1' });
  const { code, stdout } = await zooHere(['sweep', '--merge', 'parts/1', '--out', 'merged'], directory);
  expect(stdout).toContain('4 of 8 trials complete, 4 missing');
  expect(code).toBe(1);
  const document = await zooHere(['sweep', '--merge', 'whole', '--out', 'copy', '--json'], directory);
  expect(document.code).toBe(0);
  const merged = JSON.parse(document.stdout) as object;
  expect(merged).not.toHaveProperty('trained');
  expect(merged).toMatchObject({ counts: { complete: 4, missing: 0 }, out: 'copy' });
});

test('a failed training makes the sweep fail', async () => {
  const cells = join(directory, 'failed/cells');
  cpSync(join(directory, 'whole'), join(directory, 'failed'), { recursive: true });
  const path = join(cells, readdirSync(cells)[0]);
  const { metrics: _, ...cell } = JSON.parse(readFileSync(path, 'utf8')) as { metrics: object };
  writeFileSync(path, JSON.stringify({ ...cell, status: 'failed', message: 'no memory' }));
  const { code, stdout } = await zooHere(['sweep', '--merge', 'failed', '--out', 'merged-failed'], directory);
  expect(stdout).toContain('3 of 4 trials complete, 1 failed');
  expect(code).toBe(1);
});
