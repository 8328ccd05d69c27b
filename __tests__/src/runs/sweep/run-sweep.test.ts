/** A sweep's trainings, in this thread: each is done once, what comes of it is kept at once, and the others go on. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { models } from '../../../../models/index.ts';
import { train } from '../../../../src/index.ts';
import { InputError } from '../../../../src/utils/errors.ts';
import { mainScores } from '../../../../src/evaluation/regression.ts';
import { makeDirectory } from '../../../../src/node/files.ts';
import {
  cellsDirectory,
  readCells,
  writeCell,
  type CellResult,
} from '../../../../src/runs/sweep/cell-file.ts';
import { cellsOf, type Cell } from '../../../../src/runs/sweep/trials.ts';
import { runSweep, type SweepRequest } from '../../../../src/runs/sweep/run-sweep.ts';
import { makeBoard, trainCell, type CellJob } from '../../../../src/runs/sweep/train-cell.ts';

let out: string;
beforeEach(async () => {
  out = mkdtempSync(join(tmpdir(), 'zoo-run-sweep-'));
  await makeDirectory(cellsDirectory(out));
});
afterEach(() => rmSync(out, { recursive: true }));

/** Nothing is looked for there. */
const where = { data: 'auto', cacheDir: join(tmpdir(), 'zoo-no-cache') } as const;
const cells = cellsOf(models.gate, {
  ...{ model: 'gate', fixed: { epochs: 4 }, grid: { learningRate: [0.5, 1, 0.5, 2] } },
});
const request = (change: Partial<SweepRequest> = {}): SweepRequest => ({
  ...{
    model: 'gate',
    cells,
    backend: 'cpu',
    data: where,
    dataset: { files: [] },
    out,
    workers: 1,
  },
  ...change,
});
/** A pool without threads. */
function poolOf(work: (job: CellJob) => Promise<CellResult | undefined> = trainCell) {
  const pools = { threads: [] as number[], jobs: [] as CellJob[], closed: 0, name: '' };
  const make = (file: string, _: string, threads = 0) => {
    pools.threads.push(threads);
    return {
      run: <Job, Outcome>(name: string, job: Job) => {
        pools.name = `${file} ${name}`;
        pools.jobs.push(job as CellJob);
        return work(job as CellJob) as Promise<Outcome>;
      },
      close: () => Promise.resolve(void pools.closed++),
    };
  };
  return [pools, make] as const;
}

test('each training is done once, as alone, kept, and not done again', async () => {
  const [pools, make] = poolOf();
  const told: unknown[] = [];
  const outcome = await runSweep(
    request({
      workers: 3,
      onStart: (pending, finished) => void told.push(pending, finished),
      onResult: (cell, { status }) => void told.push([cell, status]),
    }),
    make,
  );
  const mine = [cells[0], cells[1], cells[3]];
  expect(outcome).toMatchObject({ finished: 0, trained: 3, interrupted: false });
  expect(told.slice(0, 2)).toEqual([mine, 0]);
  expect(told.slice(2)).toEqual(expect.arrayContaining(mine.map((cell) => [cell, 'complete'])));
  expect([pools.threads, pools.closed, pools.name]).toEqual([[3], 1, './worker trainCell']);
  expect(pools.jobs.map(({ id, place, model, data }) => ({ id, place, model, data }))).toEqual(
    mine.map(({ id }, i) => ({ id, place: i + 1, model: 'gate', data: where })),
  );
  expect(readdirSync(cellsDirectory(out)).sort()).toEqual(mine.map(({ id }) => `${id}.json`).sort());
  for (const { id, varied } of mine) {
    const { learningRate } = varied as { learningRate: number };
    const alone = await train('gate', { epochs: 4, learningRate, backend: 'cpu', recordEvery: 1 });
    const { metrics, history, ...result } = outcome.results.get(id)!;
    expect(metrics).toEqual({ train: mainScores(alone.metrics.train), test: mainScores(alone.metrics.test) });
    expect(history.map(({ epoch, loss }) => [epoch, loss])).toEqual(
      alone.history.map(({ epoch, loss }) => [epoch, loss]),
    );
    expect(result).toMatchObject({ id, status: 'complete', backend: 'cpu', epochs: 4, message: undefined });
    expect(result.dataset).toMatchObject({ name: 'logic-gates', source: 'built-in', standIn: false });
  }
  const kept = await readCells(out);
  const untimed = (result: CellResult) =>
    JSON.stringify({ ...result, history: result.history.map((epoch) => ({ ...epoch, seconds: undefined })) });
  for (const [id, result] of kept) expect(untimed(result)).toBe(untimed(outcome.results.get(id)!));
  const [none, makeNone] = poolOf();
  const again = await runSweep(request(), makeNone);
  expect(again).toEqual({ results: kept, finished: 3, trained: 0, interrupted: false });
  expect(none.threads).toEqual([]);
});

const result = ({ id }: Cell, change: Partial<CellResult> = {}): CellResult => ({
  ...{ id, status: 'complete', backend: 'cpu', epochs: 1, seconds: 1, history: [] },
  ...change,
});

test('what failed is tried again, what diverged is not; a shard has its own', async () => {
  await writeCell(out, result(cells[0], { status: 'failed' }));
  await writeCell(out, result(cells[1], { status: 'diverged' }));
  const [pools, make] = poolOf((job) => Promise.resolve(result(job as never)));
  expect(await runSweep(request(), make)).toMatchObject({ finished: 1, trained: 2 });
  expect(pools.jobs.map(({ id }) => id)).toEqual([cells[0].id, cells[3].id]);
  rmSync(cellsDirectory(out), { recursive: true });
  await makeDirectory(cellsDirectory(out));
  const [ofShard, makeShard] = poolOf((job) => Promise.resolve(result(job as never)));
  expect(await runSweep(request({ shard: { index: 1, count: 2 } }), makeShard)).toMatchObject({ trained: 2 });
  expect(ofShard.jobs.map(({ id }) => id)).toEqual([cells[0].id, cells[3].id]);
  // No more threads at work than there are trainings.
  expect(ofShard.threads).toEqual([1]);
});

test('a training that fails is a result, the others go on; one of other data is none', async () => {
  const files = (sha256: string) => [{ name: 'a.csv', bytes: 1, sha256 }];
  const work = ({ id }: CellJob) => {
    if (id === cells[0].id) throw new InputError('No such thing.');
    if (id === cells[1].id) throw new Error('x'.repeat(2000));
    const dataset = { name: 'own', source: 'dir', fingerprint: 'f', files: files('b'.repeat(64)) } as const;
    return Promise.resolve(result(cells[3], { dataset }));
  };
  const [pools, make] = poolOf(async (job) => work(job));
  const { results, trained } = await runSweep(request({ dataset: { files: files('a'.repeat(64)) } }), make);
  const failed = { status: 'failed', backend: 'cpu', epochs: 0, seconds: 0, history: [] };
  expect([trained, pools.closed]).toEqual([3, 1]);
  expect(Object.fromEntries(results)).toEqual({
    [cells[0].id]: { id: cells[0].id, ...failed, message: 'No such thing.' },
    [cells[1].id]: { id: cells[1].id, ...failed, message: `unexpected error: ${'x'.repeat(982)}` },
    [cells[3].id]: {
      id: cells[3].id,
      ...failed,
      message: 'The data changed while the sweep ran: a.csv is another.',
    },
  });
});

test('a sweep that is stopped leaves what is under way, and tells how far that is', async () => {
  const ticks: { cell: Cell; share: number }[][] = [];
  let done = false;
  const [pools, make] = poolOf(async ({ board, place, id }) => {
    if (id === cells[0].id) return result(cells[0]);
    Atomics.store(board, place, 250);
    while (Atomics.load(board, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return undefined;
  });
  const outcome = await runSweep(
    request({
      onTick: (running) => void ticks.push(running),
      onResult: () => (done = true),
      shouldStop: () => done && ticks.length > 0,
    }),
    make,
  );
  expect(outcome).toMatchObject({ trained: 1, interrupted: true });
  expect(pools.jobs.map(({ id }) => id)).toEqual([cells[0].id, cells[1].id]);
  expect(ticks[0]).toEqual([{ cell: cells[1], share: 0.25 }]);
});

test('a result that cannot be written ends all', async () => {
  rmSync(cellsDirectory(out), { recursive: true });
  const [pools, make] = poolOf((job) => Promise.resolve(result(job as never)));
  await expect(runSweep(request(), make)).rejects.toThrow(out);
  expect([pools.jobs.length, pools.closed, pools.jobs[0].board[0]]).toEqual([1, 1, 1]);
});

test('a cell tells how far it is, keeps its data for the next, and is given up when that is said', async () => {
  const job = (cell: Cell, board = makeBoard(1)): CellJob => ({
    ...{
      id: cell.id,
      model: 'gate',
      settings: cell.settings,
      backend: 'cpu',
      data: where,
      board,
      place: 1,
    },
  });
  const board = makeBoard(1);
  expect(board).toHaveLength(2);
  expect((await trainCell(job(cells[0], board)))!.epochs).toBe(4);
  expect(board[1]).toBe(1000);
  const stopped = makeBoard(1);
  stopped[0] = 1;
  expect(await trainCell(job(cells[0], stopped))).toBeUndefined();
  expect(stopped[1]).toBe(250);
});
