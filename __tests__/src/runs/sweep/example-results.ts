/** A sweep of two settings and two seeds: one trial of the third group diverged, the last is missing. */
import { models } from '../../../../models/index.ts';
import type { TrialResult } from '../../../../src/runs/sweep/trial-file.ts';
import { trialsOf } from '../../../../src/runs/sweep/trials.ts';
import { resultsOf } from '../../../../src/runs/sweep/results.ts';

export const definition = {
  title: 'a <b> & "c"',
  model: 'mnist',
  fixed: { epochs: 2 },
  grid: { hidden: [8, 16], learningRate: [0.1, 1], seed: [1, 2] },
};
const trials = trialsOf(models.mnist, definition);

/** Accuracies on validation rows; the trial without any diverged, the last is missing. */
const accuracies = [0.5, 0.7, 0.8, 0.9, undefined, undefined, 0.9];
export const found = new Map(
  accuracies.map((accuracy, i): [string, TrialResult] => {
    const { id } = trials[i];
    const base = { id, backend: 'cpu' as const, epochs: 2, seconds: 1.5, history: [] };
    if (accuracy === undefined) return [id, { ...base, status: 'diverged', message: 'too,\n"large"' }];
    const score = { loss: 1 - accuracy, accuracy };
    const history = [1, 2].map((epoch) => ({ epoch, validationLoss: score.loss / epoch, ...score }));
    const dataset = { name: 'mnist', source: 'dir', fingerprint: 'f' } as const;
    const test = { loss: 9, accuracy: 0.1 };
    return [
      id,
      { ...base, status: 'complete', dataset, history, metrics: { train: test, validation: score, test } },
    ];
  }),
);
export const results = resultsOf(definition, trials, found, { data: 'auto', dataDir: '/home/me/my data' });
