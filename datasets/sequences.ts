/**
 * The data of models of sequences, by the option `corpus`: names, running text, or a generated task. A file of the user's own
 * takes the place of the published one.
 */
import * as z from '../src/utils/schema.ts';
import type { DataRequest, Dataset, Examples, LoadedDataset } from '../src/data/dataset.ts';
import {
  alphabetOf,
  boundaryName,
  encode,
  examplesFromSequences,
  examplesFromText,
} from '../src/data/sequences.ts';
import { splitRowsOf } from '../src/data/splits.ts';
import { readLimited, sha256 } from '../src/node/files.ts';
import { InputError } from '../src/utils/errors.ts';
import { RandomState } from '../src/utils/random.ts';
import { obtain, syntheticDataNotice } from './acquire/obtain.ts';
import { drawNames, entropyPerToken, longestName } from './built-in/syllables.ts';
import { readOptions } from './options.ts';
import { published } from './published.ts';

const corpora = ['names', 'text', 'addition', 'copy'] as const;

const schema = z.object({
  corpus: z._default(z.enum(['auto', ...corpora]), 'auto'),
  context: z._default(z.int().check(z.minimum(1), z.maximum(4096)), 16),
});

export const sequences: Dataset = {
  name: 'sequences',
  title: 'names, text or generated tasks, a character a token',
  load(request) {
    const { corpus } = readOptions(schema, request.options);
    const isText = request.own?.file !== undefined;
    if (isText && (corpus === 'addition' || corpus === 'copy')) {
      throw new InputError(
        `--corpus ${corpus} is generated: leave out --data-file, or choose names or text.`,
      );
    }
    return byName[corpus === 'auto' ? (isText ? 'text' : 'names') : corpus].load(request);
  },
};

const contextOf = ({ options }: DataRequest): number => readOptions(schema, options).context;

/** Share of the sequences that are held back for the test. */
const testShare = 0.1;

/** One name or other sequence a line. */
export const names: Dataset = {
  name: 'names',
  title: 'first names, a sequence each (makemore), or the lines of your file',
  async load(request) {
    const context = contextOf(request);
    const { text, ...origin } = await textOf(request, 'names');
    const lines = linesOf(text);
    const name = origin.files[0].name;
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
        request.seed,
      ),
      ...(isExact && { entropy: entropyPerToken() }),
    };
  },
};

/** Where in a text validation begins, and where the test. */
const [validationFrom, testFrom] = [0.9, 0.95];

/** Texts up to this length are cut into rows at every character, longer ones at fewer. */
const mostRows = 2 ** 22;

/** Running text. Validation and test are its last parts, in rows that do not overlap. */
export const text: Dataset = {
  name: 'text',
  title: "running text: Shakespeare's plays (char-rnn), or your file",
  async load(request) {
    const context = contextOf(request);
    const { text, ...origin } = await textOf(request, 'text');
    const name = origin.files[0].name;
    const symbols = alphabetOf([text], name);
    const tokens = encode(text, symbols, name);
    const testAt = Math.floor(tokens.length * testFrom);
    const validationAt = Math.floor(tokens.length * validationFrom);
    const shortest = Math.min(testAt - validationAt, tokens.length - testAt);
    if (shortest <= context) {
      throw new InputError(
        `${name} has ${tokens.length} characters, of which ${shortest} are for the test or the validation, too few for rows of ` +
          `${context} and the next character: give a longer text, or a smaller --context.`,
      );
    }
    const stride = Math.ceil(validationAt / mostRows);
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
  },
};

/** Sums of two numbers of two digits: of `12+34=046` what follows the = is to be predicted. */
export const addition: Dataset = {
  name: 'addition',
  title: 'sums of two numbers of two digits; only the sum is to be predicted',
  load: (request) =>
    Promise.resolve().then(() => {
      const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
      const lines = Array.from({ length: 100 * 100 }, (_, i) => {
        const [a, b] = [Math.floor(i / 100), i % 100];
        return `${pad(a, 2)}+${pad(b, 2)}=${pad(a + b, 3)}`;
      });
      return fromTask('addition', lines, request);
    }),
};

const copiedLetters = 'abcdefgh';
const [copies, longestCopy] = [10_000, 7];

/** Strings and their copies: of `bad=bad` what follows the = is to be predicted. */
export const copy: Dataset = {
  name: 'copy',
  title: 'strings of up to seven letters and their copies; only the copy is to be predicted',
  load: (request) =>
    Promise.resolve().then(() => {
      const random = new RandomState(request.seed);
      const lines = Array.from({ length: copies }, () => {
        const [length] = random.randint(1, longestCopy + 1, 1);
        const letters = Array.from(random.choice(copiedLetters.length, length), (i) => copiedLetters[i]);
        return `${letters.join('')}=${letters.join('')}`;
      });
      return fromTask('copy', lines, request);
    }),
};

const byName = { names, text, addition, copy };

type Origin = Pick<LoadedDataset, 'source' | 'standIn' | 'files' | 'own'>;

/** 100 MB of text take 200 MB as tokens. */
const maxTextBytes = 110e6;

/** The user's file, or the published one, or names that are made up in its place. */
async function textOf(request: DataRequest, kind: 'names' | 'text'): Promise<Origin & { text: string }> {
  const { own } = request;
  if (own?.file !== undefined) {
    const content = await readLimited(own.file, maxTextBytes);
    const name = own.file.split('/').at(-1)!;
    const file = { name, bytes: content.length, sha256: sha256(content) };
    return { source: 'dir', own, files: [file], text: decode(content, own.file) };
  }
  const what = kind === 'names' ? published.names : published.text;
  const obtained = await obtain(what, request);
  if (obtained.source !== 'built-in') {
    const [{ content, path, ...file }] = obtained.files;
    return { source: obtained.source, files: [file], text: decode(content, path) };
  }
  const made = drawNames(kind === 'names' ? 32_000 : 100_000).join('\n');
  const standIn = syntheticDataNotice(
    'names of random syllables, made by this program',
    what,
    obtained.reason,
  );
  const file = { name: 'syllables.txt', bytes: made.length, sha256: sha256(made) };
  return { source: 'built-in', standIn, files: [file], text: made };
}

/** All of another text file as test rows of a model. @throws InputError naming a character that the model does not know */
export async function textForModel(
  path: string,
  { classNames, context, boundary }: { classNames: string[]; context: number; boundary?: number },
): Promise<Pick<LoadedDataset, 'name' | 'source' | 'classNames' | 'test'>> {
  const text = decode(await readLimited(path, maxTextBytes), path);
  const tokens = (part: string) => encode(part, classNames.slice(0, boundary), path);
  const test =
    boundary === undefined
      ? examplesFromText(tokens(text), context, context, path)
      : examplesFromSequences(linesOf(text).map(tokens), boundary, context);
  if (test.rows === 0) throw new InputError(`${path} is empty.`);
  return { name: path.split('/').at(-1)!, source: 'dir', classNames, test };
}

/** Without empty ones. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function decode(content: Uint8Array, path: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return text.replaceAll('\r\n', '\n');
  } catch {
    throw new InputError(`${path} is not UTF-8 text: save it as UTF-8, for example with iconv -t utf-8.`);
  }
}

/** Only what follows the = is to be predicted, so that the least possible loss is 0. */
function fromTask(name: string, lines: string[], request: DataRequest): LoadedDataset {
  const context = contextOf(request);
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
    request.seed,
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
