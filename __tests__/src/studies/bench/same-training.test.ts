/** What the benchmark compares is one training: every contestant's losses are the same, step by step. */
import { describe, expect, test } from '@jest/globals';
import { runLayersByBatch } from '../../../../src/studies/bench/layers.ts';
import { runNaive } from '../../../../src/studies/bench/naive.ts';
import type { Pace } from '../../../../src/studies/bench/pace.ts';
import type { Assignment } from '../../../../src/studies/bench/protocol.ts';
import { startOf, workloads, type Workload } from '../../../../src/studies/bench/workloads.ts';
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
  });
});
