/**
 * Document 000's eighteen experiments as training jobs, and what it prints of each.
 */
import type { LastDigit } from './spread.ts';
import printed from './printed/000.json' with { type: 'json' };
import type { PointsJob } from './sabotage.ts';
import type { TrainingOutcome } from './training-job.ts';
import type { Context, Draw, Interval } from './types.ts';

export type Experiment = (typeof printed.experiments)[number];
export type Start = Experiment['initial'];
export const { experiments } = printed;

export const epochs = 5000;
/** m: the program draws as many test points, though it says n = 1000. */
const rows = 10_000;
/** The last epoch of which the document shows training cost, taken before its update, and parameters, after it. */
const lastShown = 4500;

/** Its number. Two of the experiments are in two groups each and run once: both have the number of the first. */
export const keyOf = ({ initial, learningRate }: Experiment): string => {
  const same = JSON.stringify([initial, learningRate]);
  return String(1 + experiments.findIndex((one) => JSON.stringify([one.initial, one.learningRate]) === same));
};

/** The document's program from these initial values, on the points of that seed. */
export const pointsJob = (
  context: Pick<Context, 'backend' | 'data'>,
  initial: Start,
  learningRate: number,
  seed: number,
): PointsJob => ({
  model: 'points',
  options: { ...initial, rows, testRows: rows },
  recipe: { learningRate, epochs },
  backend: context.backend,
  data: { ...context.data, seed },
  keep: [epochs],
});

/** The same, to be compared with what the document shows. */
export const experimentJob = (
  context: Pick<Context, 'fastBackend' | 'data'>,
  { initial, learningRate }: Experiment,
  seed: number,
): PointsJob => ({
  ...pointsJob({ ...context, backend: context.fastBackend }, initial, learningRate, seed),
  keep: [lastShown - 1, lastShown, epochs],
  withoutLosses: true,
});

const layers = ['hiddenWeights', 'hiddenBias', 'outputWeights', 'outputBias'] as const;

export function drawOf({ snapshots }: TrainingOutcome): Draw {
  const [before, after, last] = Object.values(snapshots);
  return [
    100 - 100 * before.train.loss,
    ...layers.flatMap((name) => Array.from(after.parameters[name].values)),
    100 * last.test.loss,
  ];
}

/** A printed number of an experiment. */
export interface PrintedOfExperiment {
  item: string;
  text: string;
  lastDigit: LastDigit;
  /** Its place in a {@link Draw}. */
  place: number;
  possible: Interval;
  /** Which run printed it: the one that is shown, or another of which the document keeps the test cost alone. */
  run: number;
  group?: string;
}

const anything: Interval = [-Infinity, Infinity];
const testCost = { place: 10, possible: [0, Infinity] as Interval };

/** All that is printed of an experiment. The first of its `runs` is the run that is shown, once more. */
export function printedOf({ trainScore, trained, testCost: cost, runs }: Experiment): PrintedOfExperiment[] {
  const rounded = { lastDigit: 'rounded', run: 1 } as const;
  const parameters = layers.flatMap((name) =>
    trained[name].map((text, i) => ({ item: `trained ${name}, entry ${i}`, text })),
  );
  return [
    {
      ...rounded,
      item: '100 − 100·training cost',
      text: trainScore,
      place: 0,
      possible: [-Infinity, 100],
    },
    ...parameters.map((parameter, i) => ({
      ...rounded,
      ...parameter,
      place: i + 1,
      possible: anything,
      group: 'trained parameters',
    })),
    { ...rounded, ...testCost, item: '100·test cost', text: cost },
    ...runs.map((text, i) => ({
      ...testCost,
      item: `100·test cost of run ${i + 1}`,
      text,
      lastDigit: 'cut off' as const,
      run: i + 1,
    })),
  ];
}
