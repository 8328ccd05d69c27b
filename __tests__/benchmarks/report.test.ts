import { describe, expect, test } from '@jest/globals';
import type { Implementation } from '../../benchmarks/pace.ts';
import { benchTable, brief, differingLosses, rowsOf } from '../../benchmarks/report.ts';
import type { Measurement } from '../../benchmarks/session.ts';
import { workloads } from '../../benchmarks/workloads.ts';

const measured = (implementation: Implementation, microseconds: number[], loss = 1): Measurement => ({
  implementation,
  microseconds,
  loss,
  memory: 2 ** 20,
});
const zoo = measured({ name: 'zoo', backend: 'wasm', gradients: 'manual' }, [10, 20, 90]);
const autodiff = measured({ name: 'zoo', backend: 'wasm', gradients: 'autodiff' }, [30, 40, 180]);
const numpy = (loss: number) => measured({ name: 'numpy-float64', backend: 'numpy' }, [5, 40, 30], loss);

describe('a row', () => {
  test('has the median, minimum and maximum of its rounds', () => {
    expect(rowsOf(workloads.gates, [zoo])).toEqual([
      {
        workload: 'gates',
        implementation: 'zoo',
        backend: 'wasm',
        gradients: 'manual',
        microsecondsPerStep: { median: 20, min: 10, max: 90 },
        repeats: 3,
        zooRatio: 1,
        peakMemoryMebibytes: 1,
      },
    ]);
  });

  test('has the median of the ratios within rounds, not the ratio of the medians', () => {
    const [, ofAutodiff, ofNumpy] = rowsOf(workloads.gates, [zoo, autodiff, numpy(1)]);
    // 10/30, 20/40, 90/180
    expect(ofAutodiff.zooRatio).toBe(0.5);
    // 10/5, 20/40, 90/30; the ratio of the medians would be 20/30.
    expect(ofNumpy.zooRatio).toBe(2);
  });

  test('has no ratio without the zoo', () => {
    expect(rowsOf(workloads.gates, [numpy(1)])[0]).not.toHaveProperty('zooRatio');
  });
});

describe('losses', () => {
  test('agree within the precision of float32', () => {
    expect(differingLosses([zoo, numpy(1.0002)])).toEqual([]);
  });

  test.each([1.01, 0.99, NaN])('differ if one is %d instead of 1', (loss) => {
    expect(differingLosses([zoo, numpy(loss)])).toEqual([numpy(loss).implementation]);
  });

  test('of steps that Keras makes in one call are not compared', () => {
    const steps = measured({ name: 'keras-steps', backend: 'keras' }, [1], 9);
    expect(differingLosses([zoo, steps])).toEqual([]);
  });
});

test('the table has one line for each row', () => {
  const lines = benchTable(rowsOf(workloads.gates, [zoo, numpy(1)])).split('\n');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['workload', 'implementation', 'backend', 'gradients', 'µs/step', 'min', 'max', 'zoo ÷ this', 'MiB'],
    ['gates', 'zoo', 'wasm', 'manual', '20', '10', '90', '1', '1'],
    ['gates', 'numpy-float64', 'numpy', '30', '5', '40', '2', '1'],
  ]);
});

test('numbers have two digits below 100 and no decimals above', () => {
  expect([0, 0.00432, 1.234, 9.96, 56.78, 99.6, 123.4, 456_789].map(brief)).toEqual([
    '0',
    '0.0043',
    '1.2',
    '10',
    '57',
    '100',
    '123',
    '456789',
  ]);
});
