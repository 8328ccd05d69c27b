/**
 * Document 000: eighteen experiments with the network for points, on data drawn without a seed, and the same program
 * on data with a seed, where every digit can be compared.
 */
import { exactRow, type Printed } from './compare.ts';
import printed from './printed/000.json' with { type: 'json' };
import byNumPy from './printed/numpy-000.json' with { type: 'json' };
import { predictionInterval, spreadRow } from './spread.ts';
import type { TrainingJob, TrainingOutcome } from './training-job.ts';
import { joinReports, type Context, type Finding, type Report, type Row } from './types.ts';
import { percent } from '../../core/text.ts';

const epochs = 5000;
/** m: the program draws as many test points, though it says n = 1000. */
const rows = 10_000;
/** The last epoch whose training cost the document shows, taken before its update. */
const lastPrinted = 4500;

const { experiments } = printed;
type Experiment = (typeof experiments)[number];
type Start = Experiment['initial'];

export async function document000(context: Context): Promise<Partial<Report>> {
  const [compared, spread] = await Promise.all([
    context.backend === 'float64' ? reproduceNumPy(context) : {},
    reproduceExperiments(context),
  ]);
  return joinReports([spread, compared]);
}

const job = (context: Context, initial: Start, learningRate: number, seed: number): TrainingJob => ({
  model: 'points',
  options: { ...initial, rows, testRows: rows },
  recipe: { learningRate, epochs },
  backend: context.backend,
  data: { ...context.data, seed },
  keep: [epochs],
});

type NumPyRun = (typeof byNumPy.runs)[number];

/**
 * Units in the last place by which the output weights are nudged to see what rounding alone does: as many as the roundings
 * of a hundred steps, one unit each and in any direction, add up to.
 */
const nudges = [-10, 5, 10];

/** The program on NumPy's own data: its costs and the parameters it ends with. */
async function reproduceNumPy(context: Context): Promise<Pick<Report, 'rows' | 'findings'>> {
  const reports = byNumPy.runs.map(async (run, i) => {
    const group = `NumPy's run ${i + 1}`;
    const outcome = (nudge: number): Promise<TrainingOutcome> => {
      const outputWeights = run.initial.outputWeights.map((weight) => weight * (1 + nudge * Number.EPSILON));
      return context.run(job(context, { ...run.initial, outputWeights }, 1, run.seed));
    };
    const ours = numbersOf(run, await outcome(0));
    const rows = ours.map(({ item, byNumPy, value }): Row => {
      const what: Printed = {
        document: '000',
        item: `${group}: ${item}`,
        printed: String(byNumPy),
        source: 'NumPy',
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
    const interval = predictionInterval(runs.map((run) => run[i].value));
    return { ...row, interval, reproduced: row.printed >= interval[0] && row.printed <= interval[1] };
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

/** Every experiment once for each seed, on the fast backend. */
async function reproduceExperiments(context: Context): Promise<Pick<Report, 'rows' | 'findings'>> {
  const fast = { ...context, backend: context.fastBackend };
  const seeds = Array.from({ length: context.seeds }, (_, i) => 1000 + 2 * i);
  /** Two of the experiments are in two groups each: they run once. */
  const outcomes = new Map<string, Promise<TrainingOutcome[]>>();
  const outcomeOf = (experiment: Experiment): Promise<TrainingOutcome[]> => {
    const { initial, learningRate } = experiment;
    const key = JSON.stringify([initial, learningRate]);
    const outcome =
      outcomes.get(key) ??
      Promise.all(
        seeds.map((seed) =>
          context.run({
            ...job(fast, initial, learningRate, seed),
            keep: [lastPrinted - 1, epochs],
            withoutLosses: true,
          }),
        ),
      );
    outcomes.set(key, outcome);
    return outcome;
  };
  const all = await Promise.all(experiments.map(outcomeOf));
  return {
    rows: experiments.flatMap((experiment, i) => experimentRows(experiment, i + 1, all[i])),
    findings: [markedBest(all)],
  };
}

/** The document's choice among weights, made by costs that it takes for accuracies. */
function markedBest(all: TrainingOutcome[][]): Finding {
  const [marked, best] = [12, 11].map((number) => {
    const accuracies = all[number - 1].map(({ snapshots }) => snapshots[epochs].test.accuracy);
    return accuracies.reduce((a, b) => a + b) / accuracies.length;
  });
  return {
    document: '000',
    text:
      `Experiment 12, which the document marks as the best, puts ${percent(marked, 1)} of the test points on the right ` +
      `side; experiment 11 puts ${percent(best, 1)}.`,
    holds: marked < 0.6 && best > 0.98,
  };
}

function experimentRows(
  { group, varied, trainScore, testCost, runs }: Experiment,
  number: number,
  outcomes: TrainingOutcome[],
): Row[] {
  const name = `experiment ${number} (${group}: ${varied})`;
  const trainScores = outcomes.map(({ snapshots }) => 100 - 100 * snapshots[lastPrinted - 1].train.loss);
  const testCosts = outcomes.map(({ snapshots }) => 100 * snapshots[epochs].test.loss);
  return [
    spreadRow(
      { document: '000', item: `${name}: 100 − 100·training cost`, printed: trainScore },
      trainScores,
    ),
    spreadRow({ document: '000', item: `${name}: 100·test cost`, printed: testCost }, testCosts),
    ...runs.map((run, i) =>
      spreadRow(
        { document: '000', item: `${name}: 100·test cost of run ${i + 1}`, printed: run },
        testCosts,
        'cut off',
      ),
    ),
  ];
}
