/** All implementations of a workload train the same: their losses agree step by step. */
import { describe, expect, test } from '@jest/globals';
import { runLayers } from '../../benchmarks/implementations/layers.ts';
import { runNaive } from '../../benchmarks/implementations/naive.ts';
import { floatRowsOf } from '../../benchmarks/implementations/plain-tensorflow.ts';
import { runZoo } from '../../benchmarks/implementations/zoo.ts';
import type { Assignment, Pace } from '../../benchmarks/pace.ts';
import { examplesOf, startOf, workloads, type Workload } from '../../benchmarks/workloads.ts';

const steps = 5;
class Over extends Error {}

/** The losses of the first steps. */
async function lossesOf(
  run: (assignment: Assignment, pace: Pace) => Promise<void>,
  workload: Workload,
  gradients: 'manual' | 'autodiff',
): Promise<number[]> {
  const losses: number[] = [];
  const pace = {
    begin: () => Promise.resolve(),
    stepDone: () => true,
    roundOver(loss: number) {
      losses.push(loss);
      return losses.length < steps ? Promise.resolve() : Promise.reject(new Over());
    },
  };
  const { initial, random } = startOf(workload);
  const plain = Object.fromEntries(
    Object.entries(initial).map(([name, { shape, values }]) => [name, { shape, values: Array.from(values) }]),
  );
  const assignment: Assignment = {
    ...{ workload, name: 'zoo', backend: 'cpu', cpu: false, gradients },
    ...{ initial: plain, random },
  };
  await run(assignment, pace as unknown as Pace).catch((error: unknown) => {
    if (!(error instanceof Over)) throw error;
  });
  return losses;
}

/** The same job with fewer features and rows, the last batch smaller than the others. */
const smaller = (workload: Workload): Workload => ({
  ...workload,
  features: Math.min(workload.features, 36),
  rows: Math.min(workload.rows, workload.batchSize === 'full' ? 40 : 230),
});

describe.each(['mnist', 'points', 'breast-cancer', 'gates'])('%s', (name) => {
  const workload = smaller(workloads[name]);

  test('the zoo, plain TensorFlow.js and Layers have the same losses', async () => {
    const ours = await lossesOf(runZoo, workload, 'manual');
    expect(ours).toHaveLength(steps);
    expect(new Set(ours).size).toBe(steps);
    const same = ours.map((loss): unknown => expect.closeTo(loss, 4));
    expect(await lossesOf(runZoo, workload, 'autodiff')).toEqual(same);
    expect(await lossesOf(runNaive, workload, 'manual')).toEqual(same);
    expect(await lossesOf(runNaive, workload, 'autodiff')).toEqual(same);
    expect(await lossesOf(runLayers, workload, 'manual')).toEqual(same);
  });
});

test('the zoo and Layers have the same losses for a convolutional network', async () => {
  const filters: [number, number] = [2, 3];
  const small = { options: { filters }, filters, features: 16 * 16, rows: 5, batchSize: 2 };
  const workload: Workload = { ...workloads.lenet, ...small };
  const ours = await lossesOf(runZoo, workload, 'manual');
  expect(new Set(ours).size).toBe(steps);
  const same = ours.map((loss): unknown => expect.closeTo(loss, 4));
  expect(await lossesOf(runZoo, workload, 'autodiff')).toEqual(same);
  expect(await lossesOf(runLayers, workload, 'manual')).toEqual(same);
});

describe('the rows of a workload', () => {
  /** The first numbers of NumPy's generator with seed 0. */
  const drawn = [0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969];
  const small = { ...workloads.gates, rows: 1, features: 3, classes: 3 };

  test('are bytes or numbers of variance 1, then labels', () => {
    const { inputs, ...rest } = examplesOf(small);
    expect(Array.from(inputs as Float64Array)).toEqual(
      drawn.slice(0, 3).map((u) => expect.closeTo(1.7 * (2 * u - 1), 12) as unknown),
    );
    const labels = Uint8Array.of(Math.floor(3 * drawn[3]));
    expect(rest).toEqual({ rows: 1, features: 3, divisor: 1, labels });
    expect(examplesOf({ ...small, bytes: true })).toEqual({
      ...rest,
      inputs: Uint8Array.of(140, 183, 154),
      divisor: 255,
    });
  });

  test('repeat after 1000 rows', () => {
    const { inputs, labels } = examplesOf({ ...small, features: 1, rows: 2300, bytes: true });
    expect(inputs).toHaveLength(2300);
    for (const all of [inputs as Uint8Array, labels]) {
      expect(all.slice(1000, 2000)).toEqual(all.slice(0, 1000));
      expect(all.slice(2000)).toEqual(all.slice(0, 300));
      expect(new Set(all.slice(0, 1000)).size).toBeGreaterThan(2);
    }
  });

  test('become floats outside the zoo, standardized for convolutions, with one-hot targets', () => {
    const classes = { ...small, outputs: 3, rows: 4 };
    const { inputs, labels } = examplesOf(classes);
    const floats = floatRowsOf(classes);
    expect(Array.from(floats.inputs)).toEqual(Array.from(inputs as Float64Array, Math.fround));
    expect(Array.from(floats.targets)).toEqual(
      Array.from(labels).flatMap((label) => [0, 1, 2].map((k) => Number(k === label))),
    );
    const byte = (filters?: [number, number]) => floatRowsOf({ ...small, bytes: true, filters }).inputs[0];
    expect(byte()).toBeCloseTo(140 / 255, 6);
    expect(byte([1, 1])).toBeCloseTo((140 / 255 - 0.1307) / 0.3081, 5);
  });
});
