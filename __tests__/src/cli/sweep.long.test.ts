import { expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawBreastCancer } from '../../../datasets/built-in/breast-cancer.ts';
import { asWdbc } from '../../datasets/wdbc-text.ts';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

// Each starts several processes.
jest.setTimeout(240_000);

const directory = temporaryDirectory();

interface Summary {
  counts: { cells: number; complete: number; diverged: number; failed: number; missing: number };
  trained: number;
  finishedBefore: number;
  best: { varied: object; accuracy: { mean: number }; command: string };
  cells: {
    id: string;
    varied: Record<string, unknown>;
    status: string;
    metrics?: object;
    message?: string;
  }[];
}

const sweep = async (...args: string[]) => {
  const outcome = await zoo(['sweep', ...args, '--backend', 'cpu', '--json'], { cwd: directory });
  const summary = (outcome.code === 2 ? undefined : JSON.parse(outcome.stdout)) as Summary;
  return { ...outcome, summary };
};
const bin = fileURLToPath(new URL('../../../bin/zoo.js', import.meta.url));
const small = ['gate', '--gate', 'and,or', '--learning-rate', '0.1,1', '--seeds', '2', '--epochs', '50'];
const filesOf = async (out: string) => (await readdir(join(directory, out, 'cells'))).sort();

test('trains every trial, writes results, and repeats none of them', async () => {
  const { code, summary, stderr } = await sweep(...small, '--out', 'whole');
  expect(code).toBe(0);
  expect(summary).toMatchObject({
    model: 'gate',
    counts: { cells: 8, complete: 8, diverged: 0, failed: 0, missing: 0 },
    trained: 8,
    finishedBefore: 0,
  });
  expect(summary.cells[0].varied).toEqual({ gate: 'and', learningRate: 0.1, seed: 1 });
  expect(stderr).toMatch(/8 trainings on \d+ threads/);
  expect(await readdir(join(directory, 'whole'))).toEqual([
    'accuracy.png',
    'accuracy.svg',
    'cells',
    'curves.png',
    'curves.svg',
    'report.html',
    'results.csv',
    'results.json',
    'sweep.json',
  ]);

  // A single training with the same settings ends with the same numbers.
  const words =
    'train gate --gate or --learning-rate 1 --seed 2 --epochs 50 --backend cpu --json --out alone';
  const alone = await zoo(words.split(' '), { cwd: directory });
  const { metrics } = JSON.parse(alone.stdout) as { metrics: { test: { loss: number; accuracy: number } } };
  const { loss, accuracy } = metrics.test;
  expect(summary.cells[7].metrics).toMatchObject({ test: { loss, accuracy } });

  const again = await sweep(...small, '--out', 'whole');
  expect(again.summary).toMatchObject({ trained: 0, finishedBefore: 8, counts: { complete: 8 } });
  const grown = await sweep(...small.with(6, '3'), '--out', 'whole');
  expect(grown.summary).toMatchObject({ trained: 4, finishedBefore: 8, counts: { complete: 12 } });
  const other = await sweep('xor', '--epochs', '3,4', '--out', 'whole');
  expect(other).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a sweep with model gate') as unknown,
  });
});

test('killed and restarted, it repeats no finished trial', async () => {
  const args = ['gate', '--gate', 'and,or,xor', '--seeds', '4', '--epochs', '4000', '--out', 'killed'];
  const { ZOO_DATA_DIR: _, ...env } = process.env;
  const child = spawn(process.execPath, [bin, 'sweep', ...args, '--backend', 'cpu'], {
    cwd: directory,
    env,
    stdio: 'ignore',
  });
  const cells = async () =>
    (await filesOf('killed').catch(() => [])).filter((name) => name.endsWith('.json'));
  while ((await cells()).length < 3) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  const finished = await cells();
  expect(finished.length).toBeLessThan(12);
  const stamps = (names: string[]) =>
    Promise.all(names.map(async (name) => (await stat(join(directory, 'killed/cells', name))).mtimeMs));
  const before = await stamps(finished);

  const { code, summary } = await sweep(...args);
  expect(code).toBe(0);
  expect(summary).toMatchObject({
    trained: 12 - finished.length,
    finishedBefore: finished.length,
    counts: { complete: 12 },
  });
  expect(await stamps(finished)).toEqual(before);
});

test('Ctrl-C drops running trials, keeps finished ones, and says how to resume', async () => {
  const args = ['sweep', 'gate', '--seeds', '8', '--epochs', '4000', '--backend', 'cpu', '--out', 'stopped'];
  const child = spawn(process.execPath, [bin, ...args], { cwd: directory });
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  while (!/^\d+ +\d/m.test(stderr)) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(130);
  expect(stderr).toContain('to resume: repeat the command');
  const csv = await readFile(join(directory, 'stopped/results.csv'), 'utf8');
  expect((await filesOf('stopped')).length).toBe(csv.split(',complete,').length - 1);
  expect(csv).toContain(',missing,');
});

test('parts that are trained separately and merged equal the whole sweep', async () => {
  await sweep(...small, '--out', 'undivided');
  for (const part of ['1/3', '2/3', '3/3'])
    await sweep(...small, '--shard', part, '--out', `part-${part[0]}`);
  const files = (await Promise.all(['part-1', 'part-2', 'part-3'].map(filesOf))).flat();
  expect(files.sort()).toEqual(await filesOf('undivided'));

  const short = await sweep('--merge', 'part-1', '--merge', 'part-2', '--out', 'short');
  expect(short).toMatchObject({ code: 1, summary: { counts: { missing: 2 } } });

  const { code } = await sweep('--merge', 'part-1', 'part-2', 'part-3', '--out', 'merged');
  expect(code).toBe(0);
  const results = async (out: string) =>
    (await readFile(join(directory, out, 'results.csv'), 'utf8')).replaceAll(/,\d+,[\d.e-]+,/g, ',');
  expect(await results('merged')).toBe(await results('undivided'));

  await sweep('gate', '--gate', 'and,or', '--epochs', '5', '--out', 'unrelated');
  const mixed = await sweep('--merge', 'part-1', 'unrelated', '--out', 'mixed');
  expect(mixed).toMatchObject({ code: 2, stderr: expect.stringContaining('another sweep') as unknown });
  const none = await sweep('--merge', '.', '--out', 'mixed');
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is not a sweep directory') as unknown,
  });
});

test('failed trials are recorded and retried, diverged ones are not retried', async () => {
  const words = 'breast-cancer --data built-in --l2 0,1 --learning-rate 0.1,1e6 --epochs 30';
  const args = words.split(' ');
  const { code, summary } = await sweep(...args, '--out', 'failing');
  expect(code).toBe(0);
  expect(summary.counts).toMatchObject({ cells: 4, failed: 0 });
  expect(summary.counts.diverged).toBeGreaterThan(0);
  const diverged = summary.cells.find(({ status }) => status === 'diverged')!;
  expect(diverged.varied).toMatchObject({ learningRate: 1e6 });
  expect(diverged.message).toContain('Training diverged at step');

  await cp(join(directory, 'failing'), join(directory, 'retried'), { recursive: true });
  const { id } = summary.cells[0];
  const failed = { format: 'backprop-zoo/sweep-cell', version: 1, id, status: 'failed', backend: 'cpu' };
  await writeFile(join(directory, `retried/cells/${id}.json`), JSON.stringify(failed));
  const again = await sweep(...args, '--out', 'retried');
  expect(again.summary).toMatchObject({ trained: 1, finishedBefore: 3, counts: summary.counts });

  await writeFile(join(directory, `retried/cells/${id}.json`), '{"format": ');
  const broken = await sweep(...args, '--out', 'retried');
  expect(broken).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${id}.json is not JSON`) as unknown,
  });
});

test('a sweep file defines the sweep, and options may change it', async () => {
  const file = {
    format: 'backprop-zoo/sweep',
    version: 1,
    model: 'gate',
    fixed: { epochs: 100 },
    grid: { seed: [1, 2] },
    list: [
      { name: 'slow', settings: { learningRate: 0.01 } },
      { name: 'fast', settings: { learningRate: 1 } },
    ],
  };
  await writeFile(join(directory, 'my.json'), JSON.stringify(file));
  const { summary } = await sweep('my.json', '--epochs', '20');
  expect(summary.cells.map(({ varied }) => varied)).toEqual([
    { experiment: 'slow', seed: 1 },
    { experiment: 'slow', seed: 2 },
    { experiment: 'fast', seed: 1 },
    { experiment: 'fast', seed: 2 },
  ]);
  expect(summary.best.varied).toEqual({ experiment: 'fast' });

  await writeFile(join(directory, 'bad.json'), JSON.stringify({ ...file, grid: { epoch: [1] } }));
  for (const [args, message] of [
    [['bad.json'], 'unknown setting "epoch"'],
    [['none.json'], 'does not exist'],
    [['mnits'], 'Unknown model "mnits"'],
    [[], 'Missing model or sweep file'],
    [['gate', '--shard', '3/2'], '--shard takes'],
  ] as const) {
    expect(await sweep(...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message) as unknown,
    });
  }
});

test('notices that the data changed between two calls; its command trains on the same data and backend', async () => {
  const folder = join(directory, 'my data', 'breast-cancer');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'wdbc.data');
  const table = drawBreastCancer(5);
  await writeFile(file, asWdbc(table));
  const args = ['breast-cancer', '--epochs', '3,4', '--data-dir', 'my data', '--out', 'changing'];
  const first = await sweep(...args);
  expect(first.summary.counts).toMatchObject({ complete: 2 });

  const { command } = first.summary.best;
  expect(command).toContain(`--data-dir='${join(directory, 'my data')}'`);
  const words = [...command.matchAll(/(?:'[^']*'|[^\s'])+/g)]
    .map(([word]) => word.replaceAll("'", ''))
    .slice(1);
  const again = await zoo([...words, '--json', '--out', 'again'], { cwd: directory });
  const trained = JSON.parse(again.stdout) as { backend: string; metrics: { test: { loss: number } } };
  expect(trained.backend).toBe('cpu');
  const losses = first.summary.cells.map(({ metrics }) => (metrics as typeof trained.metrics).test.loss);
  expect(losses).toContain(trained.metrics.test.loss);

  table.inputs[0] += 1;
  await writeFile(file, asWdbc(table));
  for (const epochs of ['3,4', '3,4,5']) {
    const { code, stderr } = await sweep(...args.with(2, epochs));
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('were trained on other data: wdbc.data is another') as unknown,
    });
  }
  table.inputs[0] -= 1;
  await writeFile(file, asWdbc(table));
  expect((await sweep(...args.with(2, '3,4,5'))).summary).toMatchObject({ trained: 1, finishedBefore: 2 });
});
