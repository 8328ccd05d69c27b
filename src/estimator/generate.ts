/**
 * Text from a model of sequences: each token is drawn from the probabilities that the model gives after those before it.
 */
import { onBackend } from '../backend/index.ts';
import { encode } from '../data/sequences.ts';
import { withParameters } from '../model/parameters.ts';
import { InputError } from '../utils/errors.ts';
import { weightedChoice } from '../utils/python-random.ts';
import { RandomState } from '../utils/random.ts';
import * as z from '../utils/schema.ts';
import { checkSaved, type SavedModel } from '../weights/saved-model.ts';
import { sample } from './samples.ts';

export interface GenerateOptions {
  /** How many texts. Default: 20 of sequences, 1 of running text. */
  count?: number;
  /** Below 1 the probable tokens become more probable, near 0 always the most probable one is taken. Default: 1. */
  temperature?: number;
  /** Default: 42. */
  seed?: number;
  /** What every text begins with. */
  prompt?: string;
  /** Tokens after which a text ends at the latest. Default: the context of sequences, 500 of running text. */
  length?: number;
}

const textLength = 500;

/**
 * Texts of a model of sequences, each with its prompt. The same seed gives the same texts.
 *
 * @param saved from `train` or `loadWeights`
 * @throws InputError for a model that does not predict tokens, an option out of range, or a prompt with unknown characters
 */
export async function generate(saved: SavedModel, options: GenerateOptions = {}): Promise<string[]> {
  checkSaved(saved);
  const { file, model, parameters: set, features: context } = saved;
  const { preprocessing, classNames } = file;
  if (preprocessing.kind !== 'tokens') {
    throw new InputError(`${file.model} predicts no text: use zoo predict.`);
  }
  z.checkFields('options', options, {
    count: z.optional(z.count),
    temperature: z.optional(z.number().check(z.positive())),
    prompt: z.optional(z.string()),
    length: z.optional(z.count),
  });
  const { boundary } = preprocessing;
  const { temperature = 1, seed = 42, prompt = '' } = options;
  const { count = boundary === undefined ? 1 : 20, length = boundary === undefined ? textLength : context } =
    options;
  const symbols = boundary === undefined ? classNames : classNames.slice(0, boundary);
  const first = Array.from(encode(prompt, symbols, 'The prompt'));
  const random = new RandomState(seed);
  return onBackend('any', {}, () =>
    withParameters(set, (parameters) =>
      Array.from({ length: count }, () => {
        // Running text has no beginning: it goes on from any character.
        const start = boundary ?? Math.floor(random.random() * symbols.length);
        const begin = first.length === 0 || boundary !== undefined ? [start, ...first] : first;
        const draw = (weights: Float64Array) => weightedChoice(weights, random.random());
        const tokens = sample({ model, parameters, begin, context, length, temperature, boundary, draw });
        const text = boundary === undefined ? tokens : tokens.slice(1);
        return text.map((token) => classNames[token]).join('');
      }),
    ),
  );
}
