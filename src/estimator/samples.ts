/**
 * Texts that a model of tokens makes while it trains, and how a token is drawn: from the probabilities after those before it.
 */
import { tensorFor } from '../data/batches.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { probabilitiesOf } from '../evaluation/metrics.ts';
import type { Model, Tensors } from '../model/model.ts';
import { weightedChoice } from '../utils/python-random.ts';
import { RandomState } from '../utils/random.ts';
import { valuesOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';
import type { ReadyRun } from './fit.ts';

/**
 * Texts of a model whose parameters are on the backend in use. Each begins with what comes before the first target of a test row:
 * a boundary, a question, or the first character of running text.
 *
 * @param length characters of running text
 */
export function samples(
  model: Model,
  parameters: Tensors,
  { test, classNames, preprocessing }: Pick<LoadedDataset, 'test' | 'classNames' | 'preprocessing'>,
  { count, length }: { count: number; length: number },
): string[] {
  const { inputs, labels, rows, features: context, stride = context } = test;
  const boundary = preprocessing.kind === 'tokens' ? preprocessing.boundary : undefined;
  const random = new RandomState(sampleSeed);
  return Array.from({ length: boundary === undefined ? 1 : Math.min(count, rows) }, (_, row) => {
    const start = row * stride;
    const before = labels.subarray(start, start + context).findIndex((label: number) => label >= 0);
    const tokens = sample({
      ...{ model, parameters, context, boundary, temperature: sampleTemperature },
      begin: Array.from(inputs.subarray(start, start + before + 1)),
      length: boundary === undefined ? length : context,
      draw: (weights) => weightedChoice(weights, random.random()),
    });
    return tokens.flatMap((token) => (token === boundary ? [] : classNames[token])).join('');
  });
}

/** Shares of a training after which a model of tokens makes texts. */
const sampledAt = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

/** The run, with texts of a model of tokens in six of its records. */
export function withSamples<Run extends ReadyRun>(loaded: Run): Run {
  const { request, model, dataset } = loaded;
  if (model.task !== 'next-token') return loaded;
  const { recipe, recordEvery, hooks } = request;
  const all = recipe.steps || recipe.epochs;
  return {
    ...loaded,
    request: {
      ...request,
      hooks: {
        ...hooks,
        onEpoch(record, parameters) {
          const done = record.step ?? record.epoch;
          const before = Math.floor((done - 1) / recordEvery) * recordEvery;
          if (sampledAt.some((share) => before < share * all && share * all <= done)) {
            record.samples = samples(model, parameters, dataset, { count: 5, length: 100 });
          }
          return hooks?.onEpoch?.(record, parameters);
        },
      },
    },
  };
}

/** As microgpt has it: the texts are more probable than those of the model itself. */
export const sampleTemperature = 0.5;
const sampleSeed = 42;

export interface Sampling {
  model: Model;
  parameters: Tensors;
  /** Tokens before the first that is drawn; at least one. */
  begin: readonly number[];
  /** As many tokens the model takes at most. */
  context: number;
  /** How many tokens are drawn at most. */
  length: number;
  temperature: number;
  /** The token that ends the text. */
  boundary?: number;
  /** Draws an index by its weight. */
  draw: (weights: Float64Array) => number;
}

/** The tokens of one text, with those at its beginning and without the boundary at its end. On the backend in use. */
export function sample({
  model,
  parameters,
  begin,
  context,
  length,
  temperature,
  boundary,
  draw,
}: Sampling): number[] {
  const tokens = [...begin];
  while (tokens.length - begin.length < length) {
    const token = draw(nextProbabilities(model, parameters, tokens.slice(-context), temperature));
    if (token === boundary) break;
    tokens.push(token);
  }
  return tokens;
}

/** Below it, quotients of logits would overflow. */
const leastTemperature = 1e-300;

/** softmax(z/temperature) of the token behind these. */
function nextProbabilities(
  model: Model,
  parameters: Tensors,
  tokens: readonly number[],
  temperature: number,
): Float64Array {
  let logits = new Float64Array(0);
  tf.tidy(() => {
    const x = tensorFor(model, tokens, [1, tokens.length]);
    const all = valuesOf(model.forward(parameters, x).logits);
    const symbols = all.length / tokens.length;
    const divisor = Math.max(temperature, leastTemperature);
    logits = Float64Array.from(all.subarray(all.length - symbols), (z) => z / divisor);
  });
  return probabilitiesOf(logits, 'multiclass', logits.length);
}
