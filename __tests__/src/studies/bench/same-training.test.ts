/** What the benchmark compares is one training: every contestant's losses are the same, step by step. */
import { describe, expect, test } from '@jest/globals';
import { runLayers, runLayersByBatch } from '../../../../src/studies/bench/layers.ts';
import { runNaive } from '../../../../src/studies/bench/naive.ts';
import type { Pace } from '../../../../src/studies/bench/pace.ts';
import type { Assignment } from '../../../../src/studies/bench/protocol.ts';
import { floatRowsOf } from '../../../../src/studies/bench/tensors.ts';
import { examplesOf, startOf, workloads, type Workload } from '../../../../src/studies/bench/workloads.ts';
import { runZoo } from '../../../../src/studies/bench/zoo-contestant.ts';

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
    ...{ workload, implementation: 'zoo', backend: 'cpu', gradients },
    ...{ initial: plain, random },
  };
  await run(assignment, pace as unknown as Pace).catch((error: unknown) => {
    if (!(error instanceof Over)) throw error;
  });
  return losses;
}

/** The same job with fewer rows, the last batch smaller than the others. */
const smaller = (workload: Workload): Workload => ({
  ...workload,
  rows: Math.min(workload.rows, workload.batchSize === 'full' ? 40 : 230),
  validationRows: Math.min(workload.validationRows, 10),
});

describe.each(['mnist', 'points', 'breast-cancer', 'gates'])('%s', (name) => {
  const workload = smaller(workloads[name]);

  test('by the zoo, by hand and by autodiff, in plain TensorFlow.js and in Layers', async () => {
    const ours = await lossesOf(runZoo, workload, 'manual');
    expect(ours).toHaveLength(steps);
    expect(new Set(ours).size).toBe(steps);
    const same = ours.map((loss): unknown => expect.closeTo(loss, 4));
    expect(await lossesOf(runZoo, workload, 'autodiff')).toEqual(same);
    expect(await lossesOf(runNaive, workload, 'manual')).toEqual(same);
    expect(await lossesOf(runNaive, workload, 'autodiff')).toEqual(same);
    expect(await lossesOf(runLayersByBatch, workload, 'manual')).toEqual(same);
    // `fit` shuffles in its own way.
    const fitted = await lossesOf(runLayers, workload, 'manual');
    if (workload.batchSize === 'full') expect(fitted).toEqual(same);
    else expect(fitted.map((loss) => Math.round(loss))).toEqual(ours.map((loss) => Math.round(loss)));
  });
});

test('a convolutional network: by the zoo and in Layers', async () => {
  const filters: [number, number] = [2, 3];
  const small = { options: { filters }, filters, features: 16 * 16, rows: 5, batchSize: 2 };
  const workload: Workload = { ...workloads.lenet, ...small };
  const ours = await lossesOf(runZoo, workload, 'manual');
  expect(new Set(ours).size).toBe(steps);
  const same = ours.map((loss): unknown => expect.closeTo(loss, 4));
  expect(await lossesOf(runZoo, workload, 'autodiff')).toEqual(same);
  expect(await lossesOf(runLayersByBatch, workload, 'manual')).toEqual(same);
});

describe('the rows of a workload', () => {
  /** As NumPy draws with the seed 0. */
  const drawn = [0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969];
  const small = { ...workloads.gates, rows: 1, validationRows: 1, features: 2, classes: 3 };

  test('are bytes, or numbers of variance 1; the class is drawn after them; validation rows follow', () => {
    const { train, validation } = examplesOf({ ...small, features: 3 });
    expect(Array.from(train.inputs as Float64Array)).toEqual(
      drawn.slice(0, 3).map((u) => expect.closeTo(1.7 * (2 * u - 1), 12) as unknown),
    );
    expect(train).toMatchObject({
      rows: 1,
      features: 3,
      divisor: 1,
      labels: Uint8Array.of(Math.floor(3 * drawn[3])),
    });
    expect(validation).toMatchObject({ rows: 1, features: 3 });
    expect(validation!.inputs).not.toEqual(train.inputs);
    const bytes = examplesOf({ ...small, features: 3, bytes: true, validationRows: 0 });
    expect(bytes.train).toMatchObject({ inputs: Uint8Array.of(140, 183, 154), divisor: 255 });
    expect(bytes.validation).toBeUndefined();
  });

  test('repeat after a thousand', () => {
    const { inputs, labels } = examplesOf({ ...small, features: 1, rows: 2300, bytes: true }).train;
    expect(inputs).toHaveLength(2300);
    for (const all of [inputs as Uint8Array, labels]) {
      expect(all.slice(1000, 2000)).toEqual(all.slice(0, 1000));
      expect(all.slice(2000)).toEqual(all.slice(0, 300));
      expect(new Set(all.slice(0, 1000)).size).toBeGreaterThan(2);
    }
  });

  test('are floats outside the zoo: as they are, divided, or standardised for convolutions; targets one-hot', () => {
    const classes = { ...small, classes: 3, outputs: 3, rows: 4 };
    const { train } = examplesOf(classes);
    const floats = floatRowsOf(classes);
    expect(floats.train.rows).toBe(4);
    expect(Array.from(floats.train.inputs)).toEqual(Array.from(train.inputs as Float64Array, Math.fround));
    expect(Array.from(floats.train.targets)).toEqual(
      Array.from(train.labels).flatMap((label) => [0, 1, 2].map((k) => Number(k === label))),
    );
    expect(floats.validation).toMatchObject({ rows: 1 });
    const pixels = { ...small, bytes: true, features: 3, validationRows: 0 };
    expect(floatRowsOf(pixels)).toMatchObject({
      train: { targets: Float32Array.from(examplesOf(pixels).train.labels) },
      validation: undefined,
    });
    const byte = (filters?: [number, number]) => floatRowsOf({ ...pixels, filters }).train.inputs[0];
    expect(byte()).toBeCloseTo(140 / 255, 6);
    expect(byte([1, 1])).toBeCloseTo((140 / 255 - 0.1307) / 0.3081, 5);
  });
});

test('what is trained in a benchmark', () => {
  const lines = Object.values(workloads).map((workload) => JSON.stringify(workload));
  expect(lines.join('\n')).toMatchSnapshot();
  expect(Object.keys(workloads)).toEqual(Object.values(workloads).map(({ name }) => name));
});
