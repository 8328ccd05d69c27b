/**
 * Models of sequences and their data, loaded when one of them is chosen: names, generated tasks, and a text of the user.
 */
import {
  additions,
  copies,
  corpusRequest,
  decode,
  fromNames,
  fromText,
  type Origin,
  syllables,
} from '../../../datasets/sequence-rows.ts';
import type { LoadedDataset } from '../../data/dataset.ts';
import { textOfRow } from '../../data/sequences.ts';
import { samples, withSamples } from '../../estimator/samples.ts';
import { baselinesOf, namedBaselines } from '../../evaluation/ngrams.ts';
import type { OptionValue } from '../../model/definition.ts';
import { withParameters } from '../../model/parameters.ts';
import { InputError } from '../../utils/errors.ts';
import type { PageData } from './data.ts';

export { maxTextBytes } from '../../../datasets/sequence-rows.ts';
export { sequenceModels } from '../../../models/sequences.ts';

/** A text file of the user. */
export interface UserText {
  text: string;
  file: PageData['files'][number];
}

type Options = Record<string, OptionValue>;

let latest: { key: string; data: PageData } | undefined;

/**
 * The corpus that the options of a model ask for.
 *
 * @param standIn what the page says of data in place of real data
 * @throws InputError for a corpus that the page does not have
 */
export function sequenceData(seed: number, options: Options, standIn: (what: string) => string): PageData {
  const { corpus, context } = corpusRequest(options, false);
  const key = `${corpus} ${context} ${seed}`;
  if (latest?.key === key) return latest.data;
  if (corpus === 'text') {
    throw new InputError(
      'The page cannot download the corpus text: drop a text file (.txt), or choose names, addition or copy.',
    );
  }
  const make = { names: () => madeUpNames(context, seed, standIn), addition: additions, copy: copies }[
    corpus
  ];
  latest = { key, data: withTools(make(context, seed)) };
  return latest.data;
}

function madeUpNames(context: number, seed: number, standIn: (what: string) => string): PageData {
  const { name, description, text } = syllables('names');
  const bytes = () => new TextEncoder().encode(text);
  const files = [{ name, bytes: text.length, sha256: '' }];
  const origin: Origin = { source: 'built-in', standIn: standIn(description), files };
  return { ...fromNames(text, origin, context, seed), contents: () => [[bytes()]] };
}

/** @throws InputError for bytes that are no text */
export const userText = (bytes: Uint8Array, file: PageData['files'][number]): UserText => ({
  text: decode(bytes, file.name),
  file,
});

/** The user's text as the options of a model ask for it. */
export function userTextData({ text, file }: UserText, seed: number, options: Options): PageData {
  const { corpus, context } = corpusRequest(options, true);
  const origin: Origin = { source: 'dir', files: [file], own: { file: file.name } };
  return withTools(
    corpus === 'names' ? fromNames(text, origin, context, seed) : fromText(text, origin, context),
  );
}

const shownTexts = 12;
const charactersShown = 100;

function withTools(data: LoadedDataset): PageData {
  const { train, classNames } = data;
  return {
    ...data,
    tokens: {
      examples: Array.from({ length: Math.min(shownTexts, train.rows) }, (_, i) =>
        // Rows of a text overlap.
        textOfRow(train, i * Math.ceil(train.features / (train.stride ?? train.features)), classNames),
      ),
      samples: (model, set) =>
        withParameters(set, (parameters) =>
          samples(model, parameters, data, { count: 8, length: charactersShown }),
        ),
      baselines: () => baselinesOf(data),
      namedBaselines,
      withSamples,
    },
  };
}
