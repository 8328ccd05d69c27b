/** What a sweep's directory remembers, and what trials leave in it. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { models } from '../../../../models/index.ts';
import { readTrials, writeTrial, type TrialResult } from '../../../../src/runs/sweep/trial-file.ts';
import { trialsOf } from '../../../../src/runs/sweep/trials.ts';
import {
  openDirectory,
  findPlan,
  readPlan,
  defaultDirectory,
  type SweepPlan,
  mergeSweeps,
} from '../../../../src/runs/sweep/directory.ts';
import { makeSharedProgress, trainTrial } from '../../../../src/runs/sweep/train-trial.ts';
import { abandon } from '../../../helpers/abandon.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

const definition = {
  model: 'points',
  fixed: { epochs: 40, rows: 60, testRows: 20 },
  grid: { learningRate: [0.1, 1], seed: [1, 2] },
};
const plan: SweepPlan = { definition, backend: 'cpu', data: { data: 'auto' } };
const trials = trialsOf(models.points, definition);

let place: string;
const at = (...path: string[]) => join(place, ...path);
beforeEach(() => void (place = temporaryDirectory()));

const open = async (name: string, given: SweepPlan = plan) =>
  (await openDirectory(at(name), given)).release();

const train = (trial = trials[0], stop = 0) => {
  const sharedProgress = makeSharedProgress(4);
  sharedProgress[0] = stop;
  const { id, settings } = trial;
  const job = {
    id,
    settings,
    model: 'points',
    backend: 'cpu',
    data: { data: 'auto', cacheDir: at('cache') },
  } as const;
  return trainTrial({ ...job, sharedProgress, place: 2 }).then((result) => ({ result, sharedProgress }));
};

/** But for how long it took. */
const untimed = (result: TrialResult) => ({
  ...result,
  seconds: 0,
  history: result.history.map((record) => ({ ...record, seconds: 0 })),
});

describe('the usual directory', () => {
  test('is the same for the same sweep, another for another, and tells the shard', () => {
    expect(defaultDirectory(plan)).toMatch(/^runs.sweep-points-[0-9a-f]{6}$/);
    expect(defaultDirectory(structuredClone(plan))).toBe(defaultDirectory(plan));
    expect(defaultDirectory({ ...plan, backend: 'wasm' })).not.toBe(defaultDirectory(plan));
    const shard = defaultDirectory({ ...plan, shard: { index: 2, count: 3 } });
    expect(shard).toBe(`${defaultDirectory(plan)}-shard-2-of-3`);
  });
});

describe('a directory', () => {
  test('remembers its sweep, and may go on with more trials', async () => {
    await open('one');
    expect(await readPlan(at('one'))).toEqual(plan);
    const more = { ...plan, definition: { ...definition, grid: { learningRate: [0.1, 1, 2] } } };
    for (const path of [at('one', 'sweep.json'), at('one', 'cells', 'trial.json')]) abandon(path);
    await open('one', more);
    expect([await readdir(at('one')), await readdir(at('one', 'cells'))]).toEqual([
      ['cells', 'sweep.json'],
      [],
    ]);
    expect(await readPlan(at('one'))).toEqual(more);
  });

  test.each<[Partial<SweepPlan>, string]>([
    [{ definition: { ...definition, model: 'gate' } }, 'a sweep with model points, not gate'],
    [{ backend: 'wasm' }, 'a sweep with backend cpu, not wasm'],
    [{ data: { data: 'built-in' } }, 'a sweep with data auto, not built-in'],
    [{ data: { data: 'auto', dataDir: '/d' } }, 'a sweep with data directory none, not /d'],
  ])('is not taken for another sweep: %j', async (other, message) => {
    await open('one');
    await expect(open('one', { ...plan, ...other })).rejects.toThrow(message);
    // The refusal has not kept it.
    await open('one');
  });

  test('is one process’s at a time, and none without sweep.json', async () => {
    const lock = await openDirectory(at('one'), plan);
    await expect(openDirectory(at('one'), plan)).rejects.toThrow('is in use');
    await lock.release();
    await expect(readPlan(at('nothing'))).rejects.toThrow('is not a sweep directory: it has no sweep.json');
    expect(await findPlan(at('nothing'))).toBeUndefined();
  });
});

describe('a trial', () => {
  test('is trained with its settings, tells how far it is, and reads back as it was written', async () => {
    const { result, sharedProgress } = await train(trials[2]);
    expect(result).toMatchObject({ id: trials[2].id, status: 'complete', backend: 'cpu', epochs: 40 });
    expect(Array.from(sharedProgress)).toEqual([0, 0, 1000, 0, 0]);
    expect(result!.dataset).toMatchObject({ name: 'points', source: 'built-in', standIn: false });
    expect(result!.metrics!.train).not.toEqual(result!.metrics!.test);
    expect(result!.metrics!.train.loss).toBeCloseTo(result!.history.at(-1)!.loss, 0);
    await open('one');
    await writeTrial(at('one'), result!);
    expect(untimed((await readTrials(at('one'))).get(trials[2].id)!)).toEqual(untimed(result!));
    const again = await train(trials[2]);
    expect(untimed(again.result!)).toEqual(untimed(result!));
    expect((await train(trials[3])).result!.metrics).not.toEqual(result!.metrics);
    const fixed = { epochs: 1, testRows: 20 };
    const sizes = trialsOf(models.points, { model: 'points', fixed, grid: { rows: [30, 31] } });
    const data = [(await train(sizes[0])).result!.dataset, (await train(sizes[1])).result!.dataset];
    expect(data[0]!.fingerprint).not.toBe(data[1]!.fingerprint);
  });

  test('that is stopped leaves nothing', async () => {
    const { result, sharedProgress } = await train(trials[0], 1);
    expect(result).toBeUndefined();
    expect(sharedProgress[2]).toBe(25);
  });

  test('that is of another name is refused; other files are left alone', async () => {
    await open('one');
    expect(await readTrials(at('nothing'))).toEqual(new Map());
    await writeTrial(at('one'), (await train()).result!);
    const [name] = await readdir(at('one', 'cells'));
    await writeFile(at('one', 'cells', 'notes.txt'), 'mine');
    expect((await readTrials(at('one'))).size).toBe(1);
    await writeFile(at('one', 'cells', '0123456789abcdef.json'), await readFile(at('one', 'cells', name)));
    await expect(readTrials(at('one'))).rejects.toThrow(`is the result of another trial, ${trials[0].id}`);
  });
});

describe('parts', () => {
  test('are joined, a result before a failure, and are the parts of one sweep', async () => {
    const failed: Omit<TrialResult, 'id'> = {
      status: 'failed',
      message: 'no memory',
      backend: 'cpu',
      epochs: 0,
      seconds: 0,
      history: [],
    };
    const trained = [(await train(trials[0])).result!, (await train(trials[1])).result!];
    await open('a', { ...plan, shard: { index: 1, count: 2 } });
    await open('b', { ...plan, shard: { index: 2, count: 2 } });
    await writeTrial(at('a'), { id: trials[0].id, ...failed });
    await writeTrial(at('a'), trained[1]);
    await writeTrial(at('b'), trained[0]);
    const merged = await mergeSweeps([at('a'), at('b')], at('whole'));
    expect(merged).toEqual({ plan, directory: at('whole') });
    expect(await readdir(at('whole'))).toEqual(['cells', 'sweep.json']);
    const whole = await readTrials(at('whole'));
    expect([...whole.values()].map(({ id, status }) => [id, status]).sort()).toEqual(
      [trials[0], trials[1]].map(({ id }) => [id, 'complete']).sort(),
    );
    // The task of such a part was killed when it had just begun.
    await mkdir(at('early', 'cells'), { recursive: true });
    await writeFile(at('early', 'run.lock'), '{}');
    expect(await mergeSweeps([at('early'), at('a'), at('b')], at('again'))).toEqual({
      plan,
      directory: at('again'),
    });
    expect((await readTrials(at('again'))).size).toBe(2);
    await expect(mergeSweeps([at('early')], at('other'))).rejects.toThrow('is not a sweep directory');
    await open('c', { ...plan, definition: { ...definition, fixed: { epochs: 41 } } });
    await expect(mergeSweeps([at('a'), at('c')], at('other'))).rejects.toThrow(
      `${at('c')} is of another sweep than ${at('a')}.`,
    );
  });
});
