/**
 * What came of a sweep: trials that differ in their seed alone as one group, the groups from best to worst.
 */
import { models } from '../../../models/index.ts';
import { csvText } from '../../data/formats/csv.ts';
import { type Headline, headlineOf } from '../../evaluation/metrics.ts';
import type { OptionValue } from '../../model/definition.ts';
import { type Recipe, recipeFields } from '../../model/recipe.ts';
import type { TrialResult } from './trial-file.ts';
import type { SweepPlan } from './directory.ts';
import type { Trial, SweepDefinition, SweepSettings } from './trials.ts';
import { optionName, shellWord } from '../../utils/text.ts';
import { formatJson } from '../../weights/json.ts';
import { argumentsFor } from '../../weights/run-record.ts';

export interface Spread {
  mean: number;
  /** Sample standard deviation; 0 for one value. */
  deviation: number;
}

export interface Group {
  /** What varies, but for the seed. */
  varied: SweepSettings;
  /** `learningRate 0.1, hidden 32` */
  name: string;
  trials: { trial: Trial; result?: TrialResult }[];
  /** Accuracy, of a regression R², of tokens the loss, of the complete trials; undefined where there are none. */
  score?: Spread;
  loss?: Spread;
}

export interface SweepResults {
  definition: SweepDefinition;
  /** Where data was looked for. */
  data: SweepPlan['data'];
  trials: { trial: Trial; result?: TrialResult }[];
  /** Names of the varied settings, the seed among them. */
  columns: string[];
  /** The rows by which groups are judged: not the test rows where there are others. */
  judgedBy: 'validation' | 'test';
  /** What the groups' scores are. */
  figure: Headline['name'];
  /** From best to worst: by mean score, then by mean loss; groups without a complete trial last. */
  groups: Group[];
}

export function resultsOf(
  definition: SweepDefinition,
  trials: Trial[],
  found: ReadonlyMap<string, TrialResult>,
  data: SweepPlan['data'],
): SweepResults {
  const paired = trials.map((trial) => ({ trial, result: found.get(trial.id) }));
  const complete = paired.flatMap(({ result }) => (result?.metrics ? [result.metrics] : []));
  const judgedBy =
    complete.length > 0 && complete.every(({ validation }) => validation) ? 'validation' : 'test';
  const groups = new Map<string, Group>();
  for (const pair of paired) {
    const { seed: _, ...varied } = pair.trial.varied;
    const key = JSON.stringify(varied);
    const group = groups.get(key) ?? { varied, name: nameOf(varied), trials: [] };
    group.trials.push(pair);
    groups.set(key, group);
  }
  for (const group of groups.values()) {
    const scores = group.trials.flatMap(({ result }) => result?.metrics?.[judgedBy] ?? []);
    if (scores.length === 0) continue;
    group.score = spreadOf(scores.map((score) => headlineOf(score).value));
    group.loss = spreadOf(scores.map(({ loss }) => loss));
  }
  const figure = complete[0] ? headlineOf(complete[0].test).name : 'accuracy';
  const columns = [...new Set(trials.flatMap(({ varied }) => Object.keys(varied)))];
  return {
    definition,
    data,
    trials: paired,
    columns,
    judgedBy,
    figure,
    groups: [...groups.values()].sort(figure === 'loss' ? lowerLossFirst : betterFirst),
  };
}

/** R² has no lower end. */
const scoreOf = ({ score }: Group): number => score?.mean ?? -Number.MAX_VALUE;

const lowerLossFirst = (a: Group, b: Group): number =>
  (a.loss?.mean ?? Infinity) - (b.loss?.mean ?? Infinity) || 0;

const betterFirst = (a: Group, b: Group): number => scoreOf(b) - scoreOf(a) || lowerLossFirst(a, b);

export function spreadOf(values: number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

export const valueText = (value: OptionValue | undefined): string =>
  value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);

const nameOf = (varied: SweepSettings): string =>
  Object.entries(varied)
    .map(([name, value]) => (name === 'experiment' ? valueText(value) : `${name} ${valueText(value)}`))
    .join(', ') || 'all';

export function countsOf({ trials }: SweepResults) {
  const count = (status?: string) => trials.filter(({ result }) => result?.status === status).length;
  return {
    cells: trials.length,
    complete: count('complete'),
    diverged: count('diverged'),
    failed: count('failed'),
    missing: count(undefined),
  };
}

/** Where the trials' data came from; more than one place is worth a warning. */
export const sourcesOf = ({ trials }: SweepResults): string[] => [
  ...new Set(trials.flatMap(({ result }) => result?.dataset?.source ?? [])),
];

/** The command that trains the first trial of a group again: on the same data and backend. */
export function commandFor({ definition, data }: SweepResults, { trials }: Group): string {
  const [{ trial, result }] = trials;
  const { options, recipe, gradients, asPrinted, recordEvery } = trial.settings;
  const given = {
    ...spelledOut(definition.model, recipe),
    gradients,
    recordEvery,
    ...options,
    ...whereFrom(data, result),
  };
  const words = Object.entries(given).map(
    ([name, value]) => `${optionName(name)}=${shellWord(String(value))}`,
  );
  const own = data.own ? argumentsFor(data.own).map(shellWord) : [];
  return [
    'zoo train',
    shellWord(definition.model),
    ...words,
    ...own,
    ...(asPrinted ? ['--as-printed'] : []),
  ].join(' ');
}

/** Without the advanced settings that the model has by default. */
function spelledOut(model: string, recipe: Recipe): Partial<Recipe> {
  const defaults = Object.hasOwn(models, model) ? models[model].recipe : undefined;
  const isAdvanced = (key: keyof Recipe) => 'advanced' in recipeFields[key];
  return Object.fromEntries(
    Object.entries(recipe).filter(
      ([key, value]) => !isAdvanced(key as keyof Recipe) || value !== defaults?.[key as keyof Recipe],
    ),
  );
}

/** Options of the command line by which data and backend are what they were. */
function whereFrom({ dataDir }: SweepPlan['data'], result?: TrialResult): SweepSettings {
  const { source, standIn } = result?.dataset ?? {};
  return {
    ...(result && { backend: result.backend }),
    ...(source === 'dir' && dataDir !== undefined && { data: 'dir', dataDir }),
    ...((source === 'cache' || source === 'download') && { data: 'download' }),
    ...(standIn && { data: 'built-in' }),
  };
}

/** `95.61 ± 0.42 %` of accuracies, `0.4525 ± 0.0021` of R² and losses. */
export const scoreText = ({ figure }: Pick<SweepResults, 'figure'>, spread: Spread): string =>
  figure === 'accuracy' ? `${withDeviation(spread, 100, 2)} %` : withDeviation(spread, 1, 4);

export const withDeviation = ({ mean, deviation }: Spread, factor: number, digits: number): string =>
  (mean * factor).toFixed(digits) + (deviation > 0 ? ` ± ${(deviation * factor).toFixed(digits)}` : '');

export function resultsCsv({ trials, columns, figure }: SweepResults): string {
  const header = [
    'id',
    ...columns,
    ...['status', 'epochs', 'seconds'],
    ...['train', 'validation', 'test'].flatMap((split) => [
      `${split}Loss`,
      figure === 'R²' ? `${split}R2` : `${split}Accuracy`,
    ]),
    ...['backend', 'source', 'message'],
  ];
  const lines = trials.map(({ trial, result }) => [
    trial.id,
    ...columns.map((name) => valueText(trial.varied[name])),
    result?.status ?? 'missing',
    result?.epochs,
    result?.seconds,
    ...(['train', 'validation', 'test'] as const).flatMap((split) => {
      const score = result?.metrics?.[split];
      return [score?.loss, figure === 'R²' ? score && headlineOf(score).value : score?.accuracy];
    }),
    result?.backend,
    result?.dataset?.source,
    result?.message,
  ]);
  return csvText([header, ...lines]);
}

/** What results.json holds, and the command prints under `--json`, but for the curves. */
export function resultsDocument(results: SweepResults) {
  const { definition, trials, judgedBy, groups, figure } = results;
  const score = ({ score }: Group): { accuracy?: Spread; r2?: Spread } =>
    figure === 'loss' ? {} : figure === 'accuracy' ? { accuracy: score } : { r2: score };
  const group = (one: Group) => ({
    varied: one.varied,
    cells: one.trials.length,
    complete: one.trials.filter(({ result }) => result?.status === 'complete').length,
    ...score(one),
    loss: one.loss,
  });
  return {
    title: definition.title,
    model: definition.model,
    counts: countsOf(results),
    judgedBy,
    best: groups[0]?.score && { ...group(groups[0]), command: commandFor(results, groups[0]) },
    groups: groups.map(group),
    cells: trials.map(({ trial, result }) => {
      const { history: _, id: __, ...rest } = result ?? { status: 'missing' as const, id: '', history: [] };
      return { id: trial.id, varied: trial.varied, ...rest };
    }),
  };
}

export const resultsJson = (results: SweepResults): string =>
  formatJson({ format: 'backprop-zoo/sweep-results', version: 1, ...resultsDocument(results) });
