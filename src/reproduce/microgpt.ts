/**
 * microgpt (A. Karpathy, 2026), which trains a GPT by a thousand steps of one name each and then draws twenty names; and the losses of
 * makemore's bigrams on the same names.
 */
import { obtain } from '../../datasets/acquire/obtain.ts';
import { published } from '../../datasets/published.ts';
import { models } from '../../models/index.ts';
import { type BackendName, useBackend } from '../backend/index.ts';
import { allRows, disposeBatch, makeBatch } from '../data/batches.ts';
import type { DataRequest } from '../data/dataset.ts';
import { alphabetOf, encode, examplesFromSequences } from '../data/sequences.ts';
import { sample } from '../estimator/samples.ts';
import { defaultsOf } from '../model/definition.ts';
import { type GradientSource, manual } from '../model/gradients.ts';
import { toValues, withParameters, type ParameterSet } from '../model/parameters.ts';
import { createOptimizer } from '../training/optimizers.ts';
import { learningRateAt } from '../training/schedule.ts';
import { trainStep } from '../training/train.ts';
import { silent } from '../utils/progress.ts';
import { PythonRandom } from '../utils/python-random.ts';
import { RandomState } from '../utils/random.ts';
import { exactRow, type Printed, reportWithoutData } from './compare.ts';
import type { Context } from './context.ts';
import printed from './printed/microgpt.json' with { type: 'json' };
import type { Report } from './report.ts';

/** The program's settings. */
const [seed, deviation, context, temperature] = [42, 0.08, 16, 0.5];
const recipe = { ...models.gpt.recipe, steps: printed.losses.length };

export async function microgpt(what: Context): Promise<Partial<Report>> {
  const losses = printed.losses.map((text, step): Printed => ({
    document: 'microgpt',
    item: `losses: step ${step + 1}`,
    printed: text,
    group: 'losses of the steps',
  }));
  // Compared as numbers are: how many characters were printed, and how many of ours agree from the first on.
  const names = printed.names.map((name, i): Printed => ({
    document: 'microgpt',
    item: `names, characters that agree: ${i + 1} ${name}`,
    printed: String(name.length),
  }));
  const missing = await what.missingData('names');
  if (missing)
    return reportWithoutData(
      [...losses, ...names].map((row) => ({ what: row })),
      missing,
    );
  const outcome = await what.runMicrogpt({ backend: what.backend, data: what.data });
  return {
    rows: [
      ...losses.map((row, step) => exactRow(row, outcome.losses[step], what.backend)),
      ...names.map((row, i) => {
        const agreeing = agreeingCharacters(printed.names[i], outcome.names[i]);
        return {
          ...exactRow(row, agreeing, what.backend),
          reproduced: printed.names[i] === outcome.names[i],
        };
      }),
    ],
  };
}

function agreeingCharacters(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

export interface MicrogptJob {
  backend: BackendName;
  data: Omit<DataRequest, 'progress' | 'options' | 'seed'>;
  /** The program's thousand where left out. */
  steps?: number;
}

export interface MicrogptOutcome {
  losses: number[];
  names: string[];
  /** Before the first step. */
  initial: ParameterSet;
  /** Of the first step. */
  gradients: ParameterSet;
}

/** The names of makemore, in the order of the file. */
async function readNames(data: MicrogptJob['data']): Promise<string[]> {
  const request = { ...data, options: {}, seed, progress: silent };
  const obtained = await obtain(published.names, request);
  if (obtained.source === 'built-in') throw new Error(obtained.reason);
  const text = new TextDecoder().decode(obtained.files[0].content);
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** The whole program. Its one stream of random numbers shuffles the names, draws the initial weights, and draws the names. */
export async function runMicrogpt({
  backend,
  data,
  steps = recipe.steps,
}: MicrogptJob): Promise<MicrogptOutcome> {
  await useBackend(backend);
  const random = new PythonRandom(seed);
  const documents = random.shuffle(await readNames(data));
  const symbols = alphabetOf(documents, 'names');
  const boundary = symbols.length;
  const classes = symbols.length + 1;
  const encoded = documents.slice(0, recipe.steps).map((name) => encode(name, symbols, 'names'));
  const examples = examplesFromSequences(encoded, boundary, context);
  const model = models.gpt.create({ ...defaultsOf(models.gpt), context, asPrinted: false });
  const initial = model.initial({ features: context, classes, random: new RandomState(0) });
  // The model draws its weights in the program's order.
  for (const { values } of Object.values(initial))
    values.forEach((_, i) => (values[i] = random.gauss(0, deviation)));

  const optimizer = createOptimizer('adam', recipe);
  const order = allRows(examples);
  const losses: number[] = [];
  let gradients: ParameterSet = {};
  const source: GradientSource = (...given) => {
    const result = manual(...given);
    if (losses.length === 0) gradients = toValues(result.gradients);
    return result;
  };
  return withParameters(initial, (parameters) => {
    for (let step = 0; step < steps; step++) {
      const batch = makeBatch(examples, { task: model.task, classes }, order, step, step + 1);
      const rate = learningRateAt(recipe, step, recipe.steps);
      losses.push(trainStep(model, parameters, source, optimizer, batch, rate).loss);
      disposeBatch(batch);
    }
    optimizer.dispose();
    const names = printed.names.map(() => {
      const draw = (weights: Float64Array) => random.choice(weights);
      const sampling = { begin: [boundary], context, length: context, temperature, boundary, draw };
      const tokens = sample({ model, parameters, ...sampling });
      return tokens
        .slice(1)
        .map((token) => symbols[token])
        .join('');
    });
    return { losses, names, initial, gradients };
  });
}

/** Two losses of makemore's bigram model: by the counts of a table, and by these after one has been added to each. */
export async function makemore(what: Context): Promise<Partial<Report>> {
  const rows = ['by counts', 'by counts plus 1'].map((way, i): Printed => ({
    document: 'makemore',
    item: `loss of the bigram model ${way}`,
    printed: ['2.4540', '2.4546'][i],
  }));
  const missing = await what.missingData('names');
  if (missing)
    return reportWithoutData(
      rows.map((row) => ({ what: row })),
      missing,
    );
  const names = await readNames(what.data);
  return { rows: rows.map((row, added) => exactRow(row, bigramLoss(names, added), what.backend)) };
}

/** Mean of −log of the share of each character among those that follow the same character; `.` begins and ends a name. */
export function bigramLoss(names: readonly string[], added: number): number {
  const characters = [...alphabetOf(names, 'names'), '.'];
  const counts = new Map(
    characters.map((first) => [first, new Map(characters.map((next) => [next, added]))]),
  );
  const pairs = names.flatMap((name) =>
    Array.from(`${name}.`, (next, i) => [name[i - 1] ?? '.', next] as const),
  );
  for (const [first, next] of pairs) counts.get(first)!.set(next, counts.get(first)!.get(next)! + 1);
  const totals = new Map(
    Array.from(counts, ([first, row]) => [first, [...row.values()].reduce((a, b) => a + b)]),
  );
  const loss = pairs.reduce(
    (sum, [first, next]) => sum - Math.log(counts.get(first)!.get(next)! / totals.get(first)!),
    0,
  );
  return loss / pairs.length;
}
