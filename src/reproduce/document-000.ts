/**
 * Document 000: eighteen experiments with the network for points, on data drawn without a seed, and the same program
 * on data with a seed.
 */
import { agreeingDigits, readPrinted } from './compare.ts';
import { evidenceOf, judge } from './evidence.ts';
import { drawOf, experimentJob, experiments, keyOf, printedOf } from './experiments.ts';
import type { Draw } from './types.ts';
import type { Experiment } from './experiments.ts';
import { reproduceNumPy } from './points-by-numpy.ts';
import { sabotages } from './sabotage.ts';
import { within } from './spread.ts';
import type { TrainingOutcome } from './training-job.ts';
import { joinReports, type Context, type Finding, type Report, type Row } from './types.ts';
import { percent } from '../utils/text.ts';
import { median } from '../utils/math.ts';

export async function document000(context: Context): Promise<Report> {
  const [compared, spread] = await Promise.all([
    context.backend === 'float64' ? reproduceNumPy(context) : {},
    reproduceExperiments(context),
  ]);
  return joinReports([spread, compared]);
}

/** Every experiment once for each seed, on the fast backend. */
async function reproduceExperiments(context: Context): Promise<Partial<Report>> {
  // The seed draws the training points, the next one the test points.
  const seeds = Array.from({ length: context.seeds }, (_, i) => context.firstSeed + 2 * i);
  const outcomes: Record<string, Promise<TrainingOutcome[]>> = {};
  const plant = context.sabotage ? sabotages[context.sabotage].plant : undefined;
  for (const experiment of experiments) {
    const jobs = seeds.map((seed) => experimentJob(context, experiment, seed));
    outcomes[keyOf(experiment)] ??= Promise.all(jobs.map((job) => context.run(plant?.(job) ?? job)));
  }
  const all = await Promise.all(experiments.map((experiment) => outcomes[keyOf(experiment)]));
  const draws = all.map((outcome) => outcome.map(drawOf));
  return {
    rows: experiments.flatMap((experiment, i) => experimentRows(experiment, i + 1, draws[i])),
    findings: [markedBest(all)],
    draws: Object.fromEntries(experiments.map((experiment, i) => [keyOf(experiment), draws[i]])),
  };
}

/** The document's choice among weights, made by costs that it takes for accuracies. */
function markedBest(all: TrainingOutcome[][]): Finding {
  const [marked, best] = [12, 11].map((number) => {
    const accuracies = all[number - 1].map(({ snapshots }) => Object.values(snapshots).at(-1)!.test.accuracy);
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

function experimentRows(experiment: Experiment, number: number, draws: Draw[]): Row[] {
  const name = `experiment ${number} (${experiment.group}: ${experiment.varied})`;
  const { intervals, consistent, together } = judge(experiment, draws);
  const evidence = evidenceOf(experiment);
  return printedOf(experiment).map(({ item, text, place, possible, group }, i) => {
    const { value, digits } = readPrinted(text);
    const ours = median(draws.map((draw) => draw[place]));
    return {
      document: '000',
      item: `${name}: ${item}`,
      kind: 'within-spread',
      printed: value,
      printedDigits: digits,
      ours,
      digits: agreeingDigits(text, ours),
      reproduced: evidence[i].counts && together[i],
      intervals: within(intervals[place], possible),
      consistent: consistent[i],
      evidence: evidence[i].counts,
      blindTo: evidence[i].blindTo,
      group: group && `${name}: ${group}`,
    };
  });
}
