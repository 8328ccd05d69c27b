/**
 * The rows of models of sequences, from text or made up: everything that needs no file.
 */
import * as z from '../src/utils/schema.ts';
import type { Examples, LoadedDataset } from '../src/data/dataset.ts';
import {
  alphabetOf,
  boundaryName,
  encode,
  examplesFromSequences,
  examplesFromText,
} from '../src/data/sequences.ts';
import { splitRowsOf } from '../src/data/splits.ts';
import { InputError } from '../src/utils/errors.ts';
import { RandomState } from '../src/utils/random.ts';
import { drawNames, entropyPerToken, longestName } from './built-in/syllables.ts';
import { readOptions } from './options.ts';

export const corpora = ['names', 'text', 'addition', 'copy'] as const;
export type Corpus = (typeof corpora)[number];

const schema = z.object({
  corpus: z._default(z.enum(['auto', ...corpora]), 'auto'),
  context: z._default(z.int().check(z.minimum(1), z.maximum(4096)), 16),
});

/** What the options of a model ask for. */
export interface CorpusRequest {
  corpus: Corpus;
  /** Tokens of a row. */
  context: number;
}

/** @param isText whether the user gives a text @throws InputError for an option that is wrong or does not suit a text */
export function corpusRequest(options: Record<string, unknown>, isText: boolean): CorpusRequest {
  const { corpus, context } = readOptions(schema, options);
  if (isText && (corpus === 'addition' || corpus === 'copy')) {
    throw new InputError(`--corpus ${corpus} is generated: leave out --data-file, or choose names or text.`);
  }
  return { corpus: corpus === 'auto' ? (isText ? 'text' : 'names') : corpus, context };
}

export type Origin = Pick<LoadedDataset, 'source' | 'standIn' | 'files' | 'own'>;

/** 100 MB of text take 200 MB as tokens. */
export const maxTextBytes = 110e6;

/** Names of random syllables, in place of names or of a text. */
export const syllables = (corpus: 'names' | 'text') => ({
  name: 'syllables.txt',
  description: 'names of random syllables, made by this program',
  text: drawNames(corpus === 'names' ? 32_000 : 100_000).join('\n'),
});

/** Share of the sequences that are held back for the test. */
const testShare = 0.1;

/** One name or other sequence a line. */
export function fromNames(text: string, origin: Origin, context: number, seed: number): LoadedDataset {
  const lines = linesOf(text);
  const { name } = origin.files[0];
  const symbols = alphabetOf(lines, name);
  if (lines.length < 2) {
    throw new InputError(
      `${name} has one line, too few for training and test: give more lines, or take it as running text with --corpus text.`,
    );
  }
  const isExact = origin.standIn !== undefined && context > longestName;
  return {
    ...origin,
    ...fromSequences(
      'names',
      lines.map((line) => encode(line, symbols, name)),
      symbols,
      context,
      seed,
    ),
    ...(isExact && { entropy: entropyPerToken() }),
  };
}

/** Where in a text validation begins, and where the test. */
const [validationFrom, testFrom] = [0.9, 0.95];

/** Texts up to this length are cut into rows at every character, longer ones at fewer. */
const maxRows = 2 ** 22;

/** Running text. Validation and test are its last parts, in rows that do not overlap. */
export function fromText(text: string, origin: Origin, context: number): LoadedDataset {
  const { name } = origin.files[0];
  const symbols = alphabetOf([text], name);
  const tokens = encode(text, symbols, name);
  const testAt = Math.floor(tokens.length * testFrom);
  const validationAt = Math.floor(tokens.length * validationFrom);
  const shortest = Math.min(testAt - validationAt, tokens.length - testAt);
  if (shortest <= context) {
    throw new InputError(
      `${name} has ${tokens.length} characters, of which ${shortest} are for the test or the validation, too few for rows of ` +
        `${context} and the next character: give a longer text, a smaller --context, or --corpus names if each line is a sequence.`,
    );
  }
  const stride = Math.ceil(validationAt / maxRows);
  const part = (from: number, to: number, every: number): Examples =>
    examplesFromText(tokens.subarray(from, to), context, every, name);
  return {
    ...origin,
    name: 'text',
    classNames: symbols,
    preprocessing: { kind: 'tokens', context },
    train: part(0, validationAt, stride),
    validation: part(validationAt, testAt, context),
    test: part(testAt, tokens.length, context),
  };
}

/** Sums of two numbers of two digits: of `12+34=046` what follows the = is to be predicted. */
export function additions(context: number, seed: number): LoadedDataset {
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
  const lines = Array.from({ length: 100 * 100 }, (_, i) => {
    const [a, b] = [Math.floor(i / 100), i % 100];
    return `${pad(a, 2)}+${pad(b, 2)}=${pad(a + b, 3)}`;
  });
  return fromTask('addition', lines, context, seed);
}

const copiedLetters = 'abcdefgh';
const [copyCount, longestCopy] = [10_000, 7];

/** Strings and their copies: of `bad=bad` what follows the = is to be predicted. */
export function copies(context: number, seed: number): LoadedDataset {
  const random = new RandomState(seed);
  const lines = Array.from({ length: copyCount }, () => {
    const [length] = random.randint(1, longestCopy + 1, 1);
    const letters = Array.from(random.choice(copiedLetters.length, length), (i) => copiedLetters[i]);
    return `${letters.join('')}=${letters.join('')}`;
  });
  return fromTask('copy', lines, context, seed);
}

/** Without empty ones. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** @throws InputError if the bytes are not UTF-8 */
export function decode(content: Uint8Array, path: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return text.replaceAll('\r\n', '\n');
  } catch {
    throw new InputError(`${path} is not UTF-8 text: save it as UTF-8, for example with iconv -t utf-8.`);
  }
}

/** Only what follows the = is to be predicted, so that the least possible loss is 0. */
function fromTask(name: string, lines: string[], context: number, seed: number): LoadedDataset {
  const longest = Math.max(...lines.map(({ length }) => length));
  if (context < longest + 1) {
    throw new InputError(`${name} needs --context ${longest + 1} or more, not ${context}.`);
  }
  const symbols = alphabetOf(lines, name);
  const loaded = fromSequences(
    name,
    lines.map((line) => encode(line, symbols, name)),
    symbols,
    context,
    seed,
  );
  const equals = symbols.indexOf('=');
  for (const { rows, inputs, labels } of [loaded.train, loaded.test]) {
    for (let row = 0; row < rows; row++) {
      const question = inputs.subarray(row * context, (row + 1) * context).indexOf(equals);
      (labels as Int16Array).fill(-1, row * context, row * context + question);
    }
  }
  return { ...loaded, source: 'built-in', files: [], entropy: 0 };
}

function fromSequences(
  name: string,
  encoded: Int16Array[],
  symbols: string[],
  context: number,
  seed: number,
): Omit<LoadedDataset, 'source' | 'files'> {
  const boundary = symbols.length;
  const places = new Float64Array(encoded.length);
  const { train, test } = splitRowsOf(name, places, [], testShare, new RandomState(seed));
  const take = (rows: Int32Array) =>
    examplesFromSequences(
      Array.from(rows, (row) => encoded[row]),
      boundary,
      context,
    );
  return {
    name,
    classNames: [...symbols, boundaryName],
    preprocessing: { kind: 'tokens', context, boundary },
    train: take(train),
    test: take(test),
  };
}
