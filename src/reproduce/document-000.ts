/**
 * Document 000: eighteen experiments with the network for points. Its data was drawn without a seed, so its numbers
 * stand beside the range of ours; NumPy's numbers for the same program on seeded data are compared digit by digit.
 */
import { median } from '../utils/math.ts';
import { percent } from '../utils/text.ts';
import { agreeingDigits, exactRow, readPrinted } from './compare.ts';
import printed from './printed/000.json' with { type: 'json' };
import byNumPy from './printed/numpy-000.json' with { type: 'json' };
import type { TrainingJob, TrainingOutcome } from './training-job.ts';
import type { Context } from './context.ts';
import { joinReports, type ComparedRow, type Finding, type RandomRow, type Report } from './report.ts';

type Experiment = (typeof printed.experiments)[number];
const { experiments } = printed;

/** Each draws the training points, the next number the test points. */
const seeds = Array.from({ length: 8 }, (_, i) => 1000 + 2 * i);
const epochs = 5000;
/** m: the program draws as many test points, though it says n = 1000. */
const points = 10_000;
/** The last epoch of which the document shows training cost, taken before its update, and parameters, after it. */
const lastShown = 4500;
const layers = ['hiddenWeights', 'hiddenBias', 'outputWeights', 'outputBias'] as const;

export async function document000(context: Context): Promise<Report> {
  return joinReports(
    await Promise.all([
      reproduceExperiments(context),
      context.backend === 'float64' ? reproduceNumPy(context) : {},
    ]),
  );
}

/** The document's program from these initial values, on the points of that seed. */
const pointsJob = (
  { backend, data }: Pick<Context, 'backend' | 'data'>,
  { initial, learningRate }: Pick<Experiment, 'initial' | 'learningRate'>,
  seed: number,
): TrainingJob => ({
  model: 'points',
  options: { ...initial, rows: points, testRows: points },
  recipe: { learningRate, epochs },
  backend,
  data: { ...data, seed },
  keep: [epochs],
});

/** Every experiment once for each seed, on the fast backend. */
async function reproduceExperiments(context: Context): Promise<Partial<Report>> {
  // Two of the experiments are in two groups each, and run once.
  const started = new Map<string, Promise<TrainingOutcome[]>>();
  const outcomes = await Promise.all(
    experiments.map((experiment) => {
      const start = JSON.stringify([experiment.initial, experiment.learningRate]);
      if (!started.has(start)) {
        const jobs = seeds.map((seed) => ({
          ...pointsJob({ ...context, backend: context.fastBackend }, experiment, seed),
          keep: [lastShown - 1, lastShown, epochs],
          withoutLosses: true,
        }));
        started.set(start, Promise.all(jobs.map((job) => context.run(job))));
      }
      return started.get(start)!;
    }),
  );
  return {
    rows: experiments.flatMap((experiment, i) => experimentRows(experiment, i + 1, outcomes[i])),
    findings: [markedBest(outcomes)],
  };
}

function experimentRows(experiment: Experiment, number: number, outcomes: TrainingOutcome[]): RandomRow[] {
  const runs = outcomes.map(({ snapshots }) => {
    const [before, after, last] = Object.values(snapshots);
    return {
      trainScore: 100 - 100 * before.train.loss,
      parameters: after.parameters,
      testCost: 100 * last.test.loss,
    };
  });
  const row = (item: string, text: string, of: (run: (typeof runs)[number]) => number): RandomRow => {
    const values = runs.map(of);
    const ours = median(values);
    const { value, digits } = readPrinted(text);
    return {
      document: '000',
      item: `experiment ${number} (${experiment.group}: ${experiment.varied}): ${item}`,
      kind: 'random',
      printed: value,
      printedDigits: digits,
      ours,
      digits: agreeingDigits(text, ours),
      median: ours,
      range: [Math.min(...values), Math.max(...values)],
    };
  };
  return [
    row('100 − 100·training cost', experiment.trainScore, ({ trainScore }) => trainScore),
    ...layers.flatMap((name) =>
      experiment.trained[name].map((text, i) =>
        row(`trained ${name}, entry ${i}`, text, ({ parameters }) => parameters[name].values[i]),
      ),
    ),
    row('100·test cost', experiment.testCost, ({ testCost }) => testCost),
    // Cut off after their last digit. The first is the run that is shown, once more.
    ...experiment.runs.map((text, i) =>
      row(`100·test cost of run ${i + 1}`, text, ({ testCost }) => testCost),
    ),
  ];
}

/** The document's choice among weights, made by costs that it takes for accuracies. */
function markedBest(outcomes: TrainingOutcome[][]): Finding {
  const [marked, best] = [12, 11].map((number) => {
    const accuracies = outcomes[number - 1].map(({ snapshots }) => snapshots[epochs].test.accuracy);
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

type NumPyRun = (typeof byNumPy.runs)[number];

/**
 * Units in the last place by which the output weights are changed to see the effect of rounding: as many as the
 * roundings of a hundred steps, one unit each and in any direction, add up to.
 */
const nudges = [-10, 5, 10];

/** The program on NumPy's own data: its costs and the parameters it ends with. */
async function reproduceNumPy(context: Context): Promise<Partial<Report>> {
  const reports = byNumPy.runs.map(async (run, i) => {
    const group = `NumPy's run ${i + 1}`;
    const train = async (nudge: number): Promise<NumberOfRun[]> => {
      const outputWeights = run.initial.outputWeights.map((weight) => weight * (1 + nudge * Number.EPSILON));
      const start = { initial: { ...run.initial, outputWeights }, learningRate: 1 };
      return numbersOf(run, await context.run(pointsJob(context, start, run.seed)));
    };
    const ours = await train(0);
    const rows = ours.map(({ item, printed, value }) =>
      exactRow(
        { document: '000', item: `${group}: ${item}`, printed: String(printed), kind: 'numpy', group },
        value,
        context.backend,
      ),
    );
    if (rows.every(({ reproduced }) => reproduced)) return { rows };
    return judgeByRounding(group, rows, [ours, ...(await Promise.all(nudges.map(train)))]);
  });
  return joinReports(await Promise.all(reports));
}

interface NumberOfRun {
  item: string;
  printed: number;
  /** Ours. */
  value: number;
}

function numbersOf({ result }: NumPyRun, { losses, snapshots }: TrainingOutcome): NumberOfRun[] {
  const { parameters, test } = snapshots[epochs];
  const { trainCost, testCost, testAccuracy, ...trained } = result;
  return [
    ...Object.entries(trainCost).map(([epoch, printed]) => ({
      item: `training cost of epoch ${epoch}`,
      printed,
      value: losses[Number(epoch) - 1],
    })),
    { item: 'test cost', printed: testCost, value: test.loss },
    { item: 'test accuracy', printed: testAccuracy, value: test.accuracy },
    ...Object.entries(trained).flatMap(([name, values]) =>
      values.map((printed, j) => ({
        item: `${name}, entry ${j}`,
        printed,
        value: parameters[name].values[j],
      })),
    ),
  ];
}

/**
 * Some initial values magnify rounding a hundred million times: the results then change with the order in which a
 * library adds. Where fewer than eight digits agree, NumPy's number may differ from ours by as much as our own runs
 * differ when the last bits of their initial weights change.
 *
 * @param runs ours first, then those with changed weights
 */
function judgeByRounding(group: string, rows: ComparedRow[], runs: NumberOfRun[][]): Partial<Report> {
  const rangeOf = (i: number): number => {
    const values = runs.map((run) => run[i].value);
    return Math.max(...values) - Math.min(...values);
  };
  const last = runs[0].findIndex(({ item }) => item === `training cost of epoch ${epochs}`);
  const shift = rangeOf(last) / runs[0][last].value;
  return {
    rows: rows.map((row, i) =>
      row.reproduced
        ? row
        : { ...row, rounding: rangeOf(i), reproduced: Math.abs(row.printed - row.ours!) <= rangeOf(i) },
    ),
    findings: [
      {
        document: '000',
        text:
          `${group} depends on rounding: ten units in the last place of its initial output weights change its final ` +
          `cost by ${shift.toExponential(0)} of itself, so that fewer than eight of its digits are meaningful.`,
        holds: shift > 1e-9,
      },
    ],
  };
}
