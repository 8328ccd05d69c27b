/**
 * Document 000's program on data with a seed, where NumPy's numbers can be compared digit by digit.
 */
import { exactRow, type Printed } from './compare.ts';
import { epochs, pointsJob } from './experiments.ts';
import byNumPy from './printed/numpy-000.json' with { type: 'json' };
import { liesWithin, predictionIntervals } from './spread.ts';
import type { TrainingOutcome } from './training-job.ts';
import { joinReports, type Context, type Report, type Row } from './types.ts';

type NumPyRun = (typeof byNumPy.runs)[number];

/**
 * Units in the last place by which the output weights are nudged to see what rounding alone does: as many as the roundings
 * of a hundred steps, one unit each and in any direction, add up to.
 */
const nudges = [-10, 5, 10];

/** The program on NumPy's own data: its costs and the parameters it ends with. */
export async function reproduceNumPy(context: Context): Promise<Pick<Report, 'rows' | 'findings'>> {
  const reports = byNumPy.runs.map(async (run, i) => {
    const group = `NumPy's run ${i + 1}`;
    const outcome = (nudge: number): Promise<TrainingOutcome> => {
      const outputWeights = run.initial.outputWeights.map((weight) => weight * (1 + nudge * Number.EPSILON));
      return context.run(pointsJob(context, { ...run.initial, outputWeights }, 1, run.seed));
    };
    const ours = numbersOf(run, await outcome(0));
    const rows = ours.map(({ item, byNumPy, value }): Row => {
      const what: Printed = {
        document: '000',
        item: `${group}: ${item}`,
        printed: String(byNumPy),
        kind: 'numpy',
        group,
      };
      return exactRow(what, value, context.backend);
    });
    if (rows.every(({ reproduced }) => reproduced)) return { rows };
    const nudged = (await Promise.all(nudges.map(outcome))).map((each) => numbersOf(run, each));
    return judgeByRounding(group, rows, [ours, ...nudged]);
  });
  return joinReports(await Promise.all(reports));
}

interface NumberOfRun {
  item: string;
  byNumPy: number;
  value: number;
}

function numbersOf({ result }: NumPyRun, { losses, snapshots }: TrainingOutcome): NumberOfRun[] {
  const { parameters, test } = snapshots[epochs];
  const { trainCost, testCost, testAccuracy, ...trained } = result;
  return [
    ...Object.entries(trainCost).map(([epoch, byNumPy]) => ({
      item: `training cost of epoch ${epoch}`,
      byNumPy,
      value: losses[Number(epoch) - 1],
    })),
    { item: 'test cost', byNumPy: testCost, value: test.loss },
    { item: 'test accuracy', byNumPy: testAccuracy, value: test.accuracy },
    ...Object.entries(trained).flatMap(([name, values]) =>
      values.map((byNumPy, j) => ({
        item: `${name}, entry ${j}`,
        byNumPy,
        value: parameters[name].values[j],
      })),
    ),
  ];
}

/**
 * Some starts magnify rounding a hundred million times: the program's own numbers then change with the order in which a
 * library adds up. Where eight digits are missed, the same run from weights that differ in their last bits tells how many
 * digits it has, and NumPy's must be such as one more of these runs would give.
 */
function judgeByRounding(
  group: string,
  rows: Row[],
  runs: NumberOfRun[][],
): Pick<Report, 'rows' | 'findings'> {
  const judged = rows.map((row, i): Row => {
    if (row.reproduced) return row;
    const intervals = predictionIntervals(runs.map((run) => run[i].value));
    return { ...row, intervals, reproduced: liesWithin(intervals, String(row.printed), 'rounded') };
  });
  const finalCosts = runs.map(
    (run) => run.find(({ item }) => item === `training cost of epoch ${epochs}`)!.value,
  );
  const shift = (Math.max(...finalCosts) - Math.min(...finalCosts)) / finalCosts[0];
  return {
    rows: judged,
    findings: [
      {
        document: '000',
        text:
          `${group} hangs on rounding: ten units in the last place of its initial output weights move its final ` +
          `cost by ${shift.toExponential(0)} of itself, so that fewer than eight of its digits mean anything.`,
        holds: shift > 1e-9,
      },
    ],
  };
}
