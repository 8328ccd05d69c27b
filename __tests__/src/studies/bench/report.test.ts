import { describe, expect, test } from '@jest/globals';
import type { Contestant } from '../../../../src/studies/bench/protocol.ts';
import { reportOf } from '../../../../src/studies/bench/report.ts';
import type { Measured } from '../../../../src/studies/bench/session.ts';
import { brief, ratioTables, summaryTable } from '../../../../src/studies/bench/table.ts';
import { outlineOf } from '../../../helpers/outline.ts';
import { drawBench } from '../../../../src/studies/bench/chart.ts';
import { benchMarkdown, benchText } from '../../../../src/studies/bench/text.ts';
import { workloads } from '../../../../src/studies/bench/workloads.ts';
import { markdownTable, plainTable } from '../../../../src/studies/table.ts';

const measured = (
  contestant: Omit<Contestant, 'workload'>,
  microseconds: number[],
  firstLoss = 1,
  workload = workloads.gates,
): Measured => ({
  contestant: { ...contestant, workload },
  ready: { ready: true, about: 'a program', dtype: 'float32' },
  microseconds,
  stepsPerRound: 10,
  firstLoss,
  memory: 2 ** 20,
});

const byHand = measured(
  { implementation: 'zoo', backend: 'wasm', gradients: 'manual' },
  [10, 20, 90],
  1.0001,
);
const byAutodiff = measured({ implementation: 'zoo', backend: 'wasm', gradients: 'autodiff' }, [30, 40, 180]);
const numpy = measured({ implementation: 'numpy-float64', backend: 'numpy' }, [5, 40, 30]);
const report = (...sessions: Measured[]) => reportOf([{ measured: sessions, failed: [] }], []);

test('ratios are taken within each round, then their median', () => {
  const { ratios, speedUps } = report(byHand, byAutodiff, numpy);
  // 10/5, 20/40, 90/30; the ratio of the medians would be 20/30.
  expect(ratios.find(({ zoo }) => zoo.gradients === 'manual')?.ratio).toBe(2);
  // 30/10, 40/20, 180/90
  expect(speedUps).toEqual([{ workload: 'gates', backend: 'wasm', manualOverAutodiff: 2 }]);
});

describe('whether all do the same', () => {
  const agreement = (firstLoss: number) =>
    report(byHand, measured(numpy.contestant, [1], firstLoss)).agreements[0];

  test('losses within float32’s reach agree', () => {
    expect(agreement(1.0002)).toMatchObject({ agree: true, compared: 2 });
  });
  test('another loss does not, and it is said whose it is', () => {
    expect(agreement(1.01)).toMatchObject({ agree: false, farthest: { implementation: 'numpy-float64' } });
    const text = benchText(report(byHand, measured(numpy.contestant, [1], 1.01)), [workloads.gates]);
    expect(text).toContain('DIFFER by at most 1e-2, numpy-float64 most');
  });
  test('NaN does not', () => {
    expect(agreement(NaN)).toMatchObject({ agree: false, largestDifference: Infinity });
  });
  test('those who shuffle their own way are not compared where batches are shuffled', () => {
    const here = { workload: workloads.mnist };
    const [ours, fit] = [byHand, measured({ implementation: 'keras', backend: 'keras' }, [1], 9)];
    const together = [ours, byAutodiff, fit].map((each) => ({
      ...each,
      contestant: { ...each.contestant, ...here },
    }));
    expect(report(...together).agreements[0]).toMatchObject({ agree: true, compared: 2 });
  });
});

describe('the table', () => {
  test('numbers are short whatever their size', () => {
    expect([0, 0.00432, 0.1234, 1.234, 9.96, 56.78, 123.4, 456_789, 1_234_567].map(brief)).toEqual([
      '0',
      '0.0043',
      '0.12',
      '1.2',
      '10',
      '57',
      '123',
      '456789',
      '1.2e6',
    ]);
  });

  test('at most 80 columns, even with every backend and large numbers', () => {
    const backends = ['tensorflow', 'wasm', 'cpu', 'float64'];
    const ours = backends.flatMap((backend) =>
      (['manual', 'autodiff'] as const).map((gradients) =>
        measured({ implementation: 'zoo', backend, gradients }, [123_456.7, 234_567.8, 345_678.9]),
      ),
    );
    const peer = measured({ implementation: 'layers', backend: 'tensorflow' }, [987_654.3, 876_543.2, 1e7]);
    const all = report(...ours, peer, numpy);
    const widest = Math.max(
      ...benchText(all, [workloads.gates])
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(80);
    expect(ratioTables(all, 'gates')).toHaveLength(2);
  });

  test('the summary shows the fastest way of each kind, and which it is', () => {
    const slow = measured({ implementation: 'keras', backend: 'keras' }, [4000, 4000, 4000]);
    const fast = measured({ implementation: 'keras-batch', backend: 'keras' }, [400, 400, 400]);
    expect(summaryTable(report(byHand, slow, fast, numpy), 'wasm')).toEqual({
      head: ['zoo wasm ÷ …', 'NumPy float64', 'Keras'],
      rows: [
        ['gates', expect.stringMatching(/^[\d.]+$/), expect.stringMatching(/^[\d.]+ \(train_on_batch\)$/)],
      ],
    });
  });

  test('columns are padded on the side where their text ends', () => {
    expect(plainTable({ head: ['a', 'time'], rows: [['longer', '5']] }, 1)).toBe(
      'a       time\nlonger     5',
    );
  });
});

describe('the whole of it', () => {
  const other = {
    workload: workloads.cats,
    implementation: 'zoo',
    backend: 'cpu',
    gradients: 'manual',
  } as const;
  const made = () => {
    const report = reportOf(
      [
        { measured: [byHand, { ...byAutodiff, tensorsPerStep: 12.34 }, numpy], failed: [] },
        {
          measured: [
            measured(
              { implementation: 'zoo', backend: 'wasm', gradients: 'manual' },
              [2, 4],
              0.5,
              workloads.cats,
            ),
            measured(
              { implementation: 'naive', backend: 'wasm', gradients: 'manual' },
              [3, 9],
              0.5,
              workloads.cats,
            ),
            measured(
              { implementation: 'naive', backend: 'wasm', gradients: 'autodiff' },
              [8, 12],
              0.5004,
              workloads.cats,
            ),
            measured({ implementation: 'layers-batch', backend: 'wasm' }, [400, 200], 0.5, workloads.cats),
            measured({ implementation: 'layers', backend: 'tensorflow' }, [100, 100], 0.5, workloads.cats),
            measured({ implementation: 'keras-steps', backend: 'keras' }, [1000, 1000], 9, workloads.cats),
          ],
          failed: [{ contestant: other, reason: 'It was torn' }],
        },
      ],
      [{ implementation: 'torch', backend: 'torch', reason: 'there is no Python 3 here' }],
    );
    return {
      ...report,
      environment: { ...report.environment, node: '20', platform: 'here', processor: 'one' },
    };
  };

  test('as data', () => {
    const { environment, ...report } = made();
    expect(environment).toMatchObject({ threads: 1, load: expect.any(Number) as unknown });
    const lines = Object.entries(report).flatMap(([name, list]) => [
      name,
      ...list.map((one) => JSON.stringify(one)),
    ]);
    expect(lines.join('\n')).toMatchSnapshot();
  });

  test.each([
    ['for a terminal', benchText],
    ['for a document', benchMarkdown],
  ])('as text, %s', (_, text) => {
    expect(text(made(), [workloads.gates, workloads.cats, workloads.points])).toMatchSnapshot();
  });

  test('as a chart: a panel for each workload, the fastest first', async () => {
    const outline = await outlineOf(
      await drawBench(made(), [workloads.gates, workloads.cats, workloads.points]),
    );
    expect(
      outline
        .split('\n')
        .filter((line) => line.startsWith('text') && !/ [\d.,]+$/.test(line))
        .join('\n'),
    ).toMatchSnapshot();
    expect(outline).not.toContain('points');
  });

  test('a summary is of the zoo by hand on one backend, and only of the kinds that there are', () => {
    expect(summaryTable(made(), 'cpu')).toBeUndefined();
    expect(summaryTable(made(), 'wasm')).toEqual({
      head: ['zoo wasm ÷ …', 'NumPy float64', 'Keras', 'Layers', 'plain TensorFlow.js'],
      rows: [
        ['gates', '2.0', '', '', ''],
        ['cats', '', '0.0030', '0.030 (fit, tensorflow)', '0.56 (by hand)'],
      ],
    });
  });
});

test('tables for documents: words stand left, numbers right', () => {
  expect(markdownTable({ head: ['a', 'b', 'c'], rows: [['1', '2', '3']] }, 2)).toBe(
    '| a | b | c |\n| --- | --- | ---: |\n| 1 | 2 | 3 |',
  );
  expect(plainTable({ head: ['a', 'b'], rows: [['', '']] }, 2, 1)).toBe('a b\n');
});
