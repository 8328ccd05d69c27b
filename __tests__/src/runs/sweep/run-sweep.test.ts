/** A sweep's trainings, in this thread: each is done once, what comes of it is kept at once, and the others go on. */
import { beforeEach, expect, test } from '@jest/globals';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { models } from '../../../../models/index.ts';
import { train } from '../../../../src/index.ts';
import { InputError } from '../../../../src/utils/errors.ts';
import { mainScores } from '../../../../src/evaluation/regression.ts';
import { makeDirectory } from '../../../../src/node/files.ts';
import {
  trialsDirectory,
  readTrials,
  writeTrial,
  type TrialResult,
} from '../../../../src/runs/sweep/trial-file.ts';
import { trialsOf, type Trial } from '../../../../src/runs/sweep/trials.ts';
import { runSweep, type SweepRequest } from '../../../../src/runs/sweep/run-sweep.ts';
import { trainTrial, type TrialJob } from '../../../../src/runs/sweep/train-trial.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

let out: string;
beforeEach(async () => {
  out = temporaryDirectory();
  await makeDirectory(trialsDirectory(out));
});

/** Nothing is looked for there. */
const where = { data: 'auto', cacheDir: join(tmpdir(), 'zoo-no-cache') } as const;
const trials = trialsOf(models.gate, {
  ...{ model: 'gate', fixed: { epochs: 4 }, grid: { learningRate: [0.5, 1, 0.5, 2] } },
});
const request = (change: Partial<SweepRequest> = {}): SweepRequest => ({
  ...{
    model: 'gate',
    trials,
    backend: 'cpu',
    data: where,
    source: { files: [] },
    out,
    workers: 1,
  },
  ...change,
});
/** A pool without threads. */
function poolOf(work: (job: TrialJob) => Promise<TrialResult | undefined> = trainTrial) {
  const pools = { threads: [] as number[], jobs: [] as TrialJob[], closed: 0, name: '' };
  const make = (file: string, _: string, threads = 0) => {
    pools.threads.push(threads);
    return {
      run: <Job, Outcome>(name: string, job: Job) => {
        pools.name = `${file} ${name}`;
        pools.jobs.push(job as TrialJob);
        return work(job as TrialJob) as Promise<Outcome>;
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
      onResult: (trial, { status }) => void told.push([trial, status]),
    }),
    make,
  );
  const mine = [trials[0], trials[1], trials[3]];
  expect(outcome).toMatchObject({ finished: 0, trained: 3, interrupted: false });
  expect(told.slice(0, 2)).toEqual([mine, 0]);
  expect(told.slice(2)).toEqual(expect.arrayContaining(mine.map((trial) => [trial, 'complete'])));
  expect([pools.threads, pools.closed, pools.name]).toEqual([[3], 1, './worker trainTrial']);
  expect(pools.jobs.map(({ id, place, model, data }) => ({ id, place, model, data }))).toEqual(
    mine.map(({ id }, i) => ({ id, place: i + 1, model: 'gate', data: where })),
  );
  expect(readdirSync(trialsDirectory(out)).sort()).toEqual(mine.map(({ id }) => `${id}.json`).sort());
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
  const kept = await readTrials(out);
  const untimed = (result: TrialResult) =>
    JSON.stringify({ ...result, history: result.history.map((epoch) => ({ ...epoch, seconds: undefined })) });
  for (const [id, result] of kept) expect(untimed(result)).toBe(untimed(outcome.results.get(id)!));
  const [none, makeNone] = poolOf();
  const again = await runSweep(request(), makeNone);
  expect(again).toEqual({ results: kept, finished: 3, trained: 0, interrupted: false });
  expect(none.threads).toEqual([]);
});

const result = ({ id }: Trial, change: Partial<TrialResult> = {}): TrialResult => ({
  ...{ id, status: 'complete', backend: 'cpu', epochs: 1, seconds: 1, history: [] },
  ...change,
});

test('what failed is tried again, what diverged is not; a shard has its own', async () => {
  await writeTrial(out, result(trials[0], { status: 'failed' }));
  await writeTrial(out, result(trials[1], { status: 'diverged' }));
  const [pools, make] = poolOf((job) => Promise.resolve(result(job as never)));
  expect(await runSweep(request(), make)).toMatchObject({ finished: 1, trained: 2 });
  expect(pools.jobs.map(({ id }) => id)).toEqual([trials[0].id, trials[3].id]);
  rmSync(trialsDirectory(out), { recursive: true });
  await makeDirectory(trialsDirectory(out));
  const [ofShard, makeShard] = poolOf((job) => Promise.resolve(result(job as never)));
  expect(await runSweep(request({ shard: { index: 1, count: 2 } }), makeShard)).toMatchObject({ trained: 2 });
  expect(ofShard.jobs.map(({ id }) => id)).toEqual([trials[0].id, trials[3].id]);
  // No more threads at work than there are trainings.
  expect(ofShard.threads).toEqual([1]);
});

test('a training that fails is a result, the others go on; one of other data is none', async () => {
  const files = (sha256: string) => [{ name: 'a.csv', bytes: 1, sha256 }];
  const work = ({ id }: TrialJob) => {
    if (id === trials[0].id) throw new InputError('No such thing.');
    if (id === trials[1].id) throw new Error('x'.repeat(2000));
    const dataset = { name: 'own', source: 'dir', fingerprint: 'f', files: files('b'.repeat(64)) } as const;
    return Promise.resolve(result(trials[3], { dataset }));
  };
  const [pools, make] = poolOf(async (job) => work(job));
  const { results, trained } = await runSweep(request({ source: { files: files('a'.repeat(64)) } }), make);
  const failed = { status: 'failed', backend: 'cpu', epochs: 0, seconds: 0, history: [] };
  expect([trained, pools.closed]).toEqual([3, 1]);
  expect(Object.fromEntries(results)).toEqual({
    [trials[0].id]: { id: trials[0].id, ...failed, message: 'No such thing.' },
    [trials[1].id]: { id: trials[1].id, ...failed, message: `unexpected error: ${'x'.repeat(982)}` },
    [trials[3].id]: {
      id: trials[3].id,
      ...failed,
      message: 'The data changed while the sweep ran: a.csv is another.',
    },
  });
});

test('a sweep that is stopped leaves what is under way, and tells how far that is', async () => {
  const ticks: { trial: Trial; share: number }[][] = [];
  let done = false;
  const [pools, make] = poolOf(async ({ sharedProgress, place, id }) => {
    if (id === trials[0].id) return result(trials[0]);
    Atomics.store(sharedProgress, place, 250);
    while (Atomics.load(sharedProgress, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
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
  expect(pools.jobs.map(({ id }) => id)).toEqual([trials[0].id, trials[1].id]);
  expect(ticks[0]).toEqual([{ trial: trials[1], share: 0.25 }]);
});

test('a result that cannot be written ends all', async () => {
  rmSync(trialsDirectory(out), { recursive: true });
  const [pools, make] = poolOf((job) => Promise.resolve(result(job as never)));
  await expect(runSweep(request(), make)).rejects.toThrow(out);
  expect([pools.jobs.length, pools.closed, pools.jobs[0].sharedProgress[0]]).toEqual([1, 1, 1]);
});
