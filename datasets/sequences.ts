/**
 * The data of models of sequences, by the option `corpus`: names, running text, or a generated task. A file of the user's own
 * takes the place of the published one.
 */
import type { DataRequest, Dataset, LoadedDataset } from '../src/data/dataset.ts';
import { encode, examplesFromSequences, examplesFromText } from '../src/data/sequences.ts';
import { readLimited, sha256 } from '../src/node/files.ts';
import { InputError } from '../src/utils/errors.ts';
import { optionName } from '../src/utils/text.ts';
import { obtain, syntheticDataNotice } from './acquire/obtain.ts';
import { published } from './published.ts';
import {
  additions,
  copies,
  type Corpus,
  corpusRequest,
  type CorpusRequest,
  decode,
  fromNames,
  fromText,
  linesOf,
  maxTextBytes,
  type Origin,
  syllables,
} from './sequence-rows.ts';

async function load(request: DataRequest, { corpus, context }: CorpusRequest): Promise<LoadedDataset> {
  if (corpus === 'addition') return additions(context, request.seed);
  if (corpus === 'copy') return copies(context, request.seed);
  const { text, ...origin } = await textOf(request, corpus);
  return corpus === 'names'
    ? fromNames(text, origin, context, request.seed)
    : fromText(text, origin, context);
}

const isText = ({ own }: DataRequest): boolean => own?.file !== undefined;

export const sequences: Dataset = {
  name: 'sequences',
  title: 'names, text or generated tasks, a character a token',
  load: async (request) => load(request, corpusRequest(request.options, isText(request))),
};

const corpusDataset = (corpus: Corpus, title: string): Dataset => ({
  name: corpus,
  title,
  load: async (request) => load(request, { ...corpusRequest(request.options, false), corpus }),
});

export const names = corpusDataset(
  'names',
  'first names, a sequence each (makemore), or the lines of your file',
);
export const text = corpusDataset('text', "running text: Shakespeare's plays (char-rnn), or your file");
export const addition = corpusDataset(
  'addition',
  'sums of two numbers of two digits; only the sum is to be predicted',
);
export const copy = corpusDataset(
  'copy',
  'strings of up to seven letters and their copies; only the copy is to be predicted',
);

/** The user's file, or the published one, or names that are made up in its place. */
async function textOf(request: DataRequest, kind: 'names' | 'text'): Promise<Origin & { text: string }> {
  const { own } = request;
  if (own?.file !== undefined) {
    const unused = Object.entries(own).find(([key, value]) => key !== 'file' && value !== undefined);
    if (unused) {
      throw new InputError(
        `${optionName(unused[0])} is for tables and pictures; ${own.file} is read as text.`,
      );
    }
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
  const { name, description, text } = syllables(kind);
  const standIn = syntheticDataNotice(description, what, obtained.reason);
  const file = { name, bytes: text.length, sha256: sha256(text) };
  return { source: 'built-in', standIn, files: [file], text };
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
