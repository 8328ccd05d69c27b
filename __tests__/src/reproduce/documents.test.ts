/** The reproductions that need no data, in this thread. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { silent } from '../../../src/utils/progress.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { missingData } from '../../../src/reproduce/context.ts';
import { reproduce } from '../../../src/reproduce/index.ts';
import printed001 from '../../../src/reproduce/printed/001.json' with { type: 'json' };
import {
  dotByLoop,
  multiplyByLoop,
  outerByLoop,
  runTimings,
} from '../../../src/reproduce/worked-examples.ts';
import { runTrainingJob, type TrainingJob } from '../../../src/reproduce/training-job.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { document001 } from '../../../src/reproduce/document-001.ts';
import { document004 } from '../../../src/reproduce/document-004.ts';
import { totals, joinReports, type Row, formatReport } from '../../../src/reproduce/report.ts';
import { contextWithoutData } from '../../helpers/reproduction.ts';

const given = printed001.milliseconds;
const context = contextWithoutData('float64');

let gates: Awaited<ReturnType<typeof document004>>;

beforeAll(async () => {
  await useBackend('float64');
  gates = await document004(context);
});

describe('document 004', () => {
  test('every number of the gates and of both XORs is reproduced', () => {
    const { rows } = joinReports([gates]);
    const judged = rows.filter(({ needsData }) => needsData === undefined);
    expect(judged).toHaveLength(4 * (40 + 4) + 4 + 10 + 4);
    expect(judged.filter(({ reproduced }) => !reproduced)).toEqual([]);
    expect(new Set(rows.map(({ item }) => item)).size).toBe(rows.length);
  });
});

describe('document 001', () => {
  test('every worked example is reproduced; costs and accuracies need the pictures', async () => {
    const { rows } = joinReports([await document001(context)]);
    expect(totals(rows).total).toBe(3 + 3 + 2 + 6 + 10 + 1 + 1 + 1 + 225 + 15);
    expect(totals(rows).reproduced).toBe(totals(rows).total);
    const missing = rows.filter(({ needsData }) => needsData !== undefined);
    expect(missing.filter(({ kind }) => kind === 'exact')).toHaveLength(6 + 20 + 2);
    for (const row of missing) expect(row).toMatchObject({ ours: null, reproduced: false });
  });
});

test('every line of numbers fits eighty columns', async () => {
  const report = joinReports([await document001(context), gates]);
  const random: Row = {
    ...{ document: '000', item: 'experiment 1 (bias: b = 0 0 0): 100·test cost', kind: 'random' },
    ...{ printed: 2.3972223143334195, printedDigits: 17, ours: -13.123456, digits: 0 },
    ...{ median: -13.123456, range: [-14.123456, -11.123456] },
  };
  const rows = [...report.rows, random].filter(({ needsData }) => needsData === undefined);
  const lines = formatReport({ ...report, rows }).split('\n');
  expect(lines.length).toBeGreaterThan(200);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

const job = (more: Partial<TrainingJob> = {}): TrainingJob => ({
  ...{
    model: 'points',
    options: { rows: 20, testRows: 10 },
    recipe: { epochs: 4 },
    backend: 'float64',
    keep: [0, 2, 4],
  },
  ...{ data: { data: 'auto', cacheDir: '', seed: 3 } },
  ...more,
});

test('a training job: losses before each step, what is kept after its epochs, records as wanted', async () => {
  const { losses, snapshots, history } = await runTrainingJob(job());
  expect(losses).toHaveLength(4);
  expect(Object.keys(snapshots)).toEqual(['0', '2', '4']);
  // What is kept after an epoch is what the next step begins with.
  expect([snapshots[0].train.loss, snapshots[2].train.loss]).toEqual(
    [losses[0], losses[2]].map((loss) => expect.closeTo(loss, 12) as unknown),
  );
  expect(new Set(losses).size).toBe(4);
  const { train, test, validation } = snapshots[4];
  expect([train.logits.length, test.logits.length, train.features, validation]).toEqual([
    20,
    10,
    2,
    undefined,
  ]);
  const right = Array.from(test.logits, (z) => z > 0);
  expect(test.accuracy * 10).toBeCloseTo(
    right.filter((each, row) => each === Math.abs(testPoints().inputs[2 * row]) > 5).length,
    9,
  );
  expect(history.map(({ epoch }) => epoch)).toEqual([4]);
  const other = await runTrainingJob(job({ keep: [2], withoutLosses: true, recordEvery: 2 }));
  expect(other.losses).toEqual([]);
  expect(other.history.map(({ epoch }) => epoch)).toEqual([2, 4]);
  expect(other.snapshots).toEqual({ 2: snapshots[2] });
});

/** Drawn with the seed after that of the training points. */
const testPoints = () => ({ inputs: new RandomState(4).uniform(-10, 10, 20) });

test('the document’s operations are timed beside ours', async () => {
  const [a, b] = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)];
  expect(dotByLoop(a, b)).toBe(32);
  expect(Array.from(multiplyByLoop(a, b))).toEqual([4, 10, 18]);
  expect(Array.from(outerByLoop(a, b.subarray(0, 2)))).toEqual([4, 5, 8, 10, 12, 15]);
  const timings = await runTimings({ backend: 'cpu' }, { dot: 20, outer: 3 });
  await useBackend('float64');
  expect(timings.map(({ item, printed }) => [item, printed])).toEqual([
    ['dot of 15 numbers', given.dot],
    ['outer product of 15 by 15', given.outer],
    ['elementwise product of 15', given.elementwise],
    ['dot of 1 000 000 numbers', undefined],
    ['outer product of 1 000 by 1 000', undefined],
    ['elementwise product of 1 000 000', undefined],
  ]);
  for (const { document, loops, tensors } of timings) {
    expect(document).toBe('001');
    expect(Math.min(loops, tensors)).toBeGreaterThan(0);
  }
});

test('missing data is named with the reason', async () => {
  const request = {
    data: 'dir',
    dataDir: '/nowhere',
    cacheDir: '',
    seed: 1,
    options: {},
    progress: silent,
  } as const;
  expect(await missingData('cats', request)).toMatch(/^cats: .*nowhere/);
  expect(await missingData('mnist', { ...request, data: 'built-in' })).toMatch(/^mnist: /);
  await expect(missingData('mnist', { ...request, dataDir: undefined })).resolves.toMatch(/^mnist: /);
});

test('NumPy’s digits are compared in double precision only, and documents keep their order', async () => {
  const kindsOn = async (backend: 'float64' | 'cpu') => {
    const report = await reproduce(['003', '001'], { ...context, backend });
    return [
      new Set(report.rows.map(({ kind }) => kind)),
      [...new Set(report.rows.map(({ document }) => document))],
    ];
  };
  expect(await kindsOn('float64')).toEqual([new Set(['numpy', 'exact']), ['003', '001']]);
  expect(await kindsOn('cpu')).toEqual([new Set(['exact']), ['003', '001']]);
});
