/**
 * MNIST (LeCun, Cortes, Burges): 60 000 + 10 000 handwritten digits of 28×28 grey values. Where the real images
 * cannot be had, digits drawn by this program take their place, and say so.
 */
import * as z from '../src/utils/schema.ts';
import type { DataRequest, Dataset, Examples, LoadedDataset } from '../src/data/dataset.ts';
import { InputError } from '../src/utils/errors.ts';
import { obtain, syntheticDataNotice, type ObtainedFile } from './acquire/obtain.ts';
import { defaultRows, mnistFormat } from './built-in/digits.ts';
import { idxFileLength, parseDigits, type IdxFile } from '../src/data/formats/idx.ts';
import { unzip } from '../src/data/formats/unzip.ts';
import { readOptions } from './options.ts';
import { published } from './published.ts';

const features = 784;
/** Files that unpack to more are rejected before memory is taken. */
const maxUnpackedBytes = 256 * 1024 * 1024;

/** A whole number from 1 on, of rows to take from the beginning of a split, for quick runs. */
const rows = z.optional(
  z
    .int({ error: 'expected a whole number of rows' })
    .check(z.minimum(1, { error: 'expected at least 1 row' })),
);

const schema = z.object({ trainRows: rows, testRows: rows });
type Options = z.infer<typeof schema>;

/** Options `trainRows` and `testRows` take that many rows from the beginning of the split; by default all. */
export const mnist: Dataset = {
  name: 'mnist',
  title: 'handwritten digits, 28×28 pixels (MNIST, or digits drawn by this program)',
  async load(request) {
    const options = readOptions(schema, request.options);
    const obtained = await obtain(published.mnist, request);
    if (obtained.source === 'built-in') return drawn(options, obtained.reason, request);
    const training = { option: 'trainRows', rows: options.trainRows } as const;
    const testing = { option: 'testRows', rows: options.testRows } as const;
    const [trainImages, trainLabels, testImages, testLabels] = obtained.files;
    return {
      ...mnistFormat,
      source: obtained.source,
      files: obtained.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
      train: await readExamples(trainImages, trainLabels, training),
      test: await readExamples(testImages, testLabels, testing),
    };
  },
};

interface Split {
  /** The option that takes rows from its beginning, and what it is. */
  option: keyof Options;
  rows?: number;
}

async function readExamples(
  imagesFile: ObtainedFile,
  labelsFile: ObtainedFile,
  { option, rows }: Split,
): Promise<Examples> {
  const labelsIdx = await unzipIdx(labelsFile, 1);
  const all = parseDigits(await unzipIdx(imagesFile, 3), labelsIdx);
  const wanted = rows ?? all.rows;
  if (wanted > all.rows) {
    throw new InputError(`option ${option}: ${wanted} rows are asked for, the data has ${all.rows}`);
  }
  const inputs = all.inputs.subarray(0, wanted * features);
  const origin = (row: number) => ({ file: imagesFile.name, place: `image ${row + 1}` });
  return { ...all, rows: wanted, inputs, labels: all.labels.subarray(0, wanted), origin };
}

/** The bytes of an IDX file, whose header bounds what is unpacked. */
const unzipIdx = async ({ content, path }: ObtainedFile, rank: number): Promise<IdxFile> => ({
  bytes: await unzip(content, path, (start) => idxFileLength(start, path, rank, maxUnpackedBytes)),
  name: path,
});

/**
 * The stand-in. Twice as many training images as MNIST has: drawn ones vary less, and a net that trains on 120 000 for
 * half as many epochs reads real digits 0.4 % better.
 */
async function drawn(options: Options, reason: string, request: DataRequest): Promise<LoadedDataset> {
  const { trainRows = defaultRows.train, testRows = defaultRows.test } = options;
  const most = { trainRows: 240_000, testRows: 60_000 };
  for (const [name, rows] of Object.entries({ trainRows, testRows })) {
    const limit = most[name as keyof typeof most];
    if (rows > limit) throw new InputError(`option ${name}: at most ${limit} digits are drawn, not ${rows}`);
  }
  // Loaded only here: real data do not need the strokes.
  const { digitSet } = await import('./built-in/digit-sets.ts');
  const train = await digitSet('train', trainRows, request);
  const test = await digitSet('test', testRows, request);
  const examples = ({ pixels, labels }: typeof train): Examples => {
    return { rows: labels.length, features, inputs: pixels, divisor: 255, labels };
  };
  return {
    ...mnistFormat,
    source: 'built-in',
    standIn: syntheticDataNotice('handwritten-looking digits drawn by this program', published.mnist, reason),
    files: [
      { name: 'drawn training digits', bytes: trainRows * (features + 1), sha256: train.sha256 },
      { name: 'drawn test digits', bytes: testRows * (features + 1), sha256: test.sha256 },
    ],
    train: examples(train),
    test: examples(test),
  };
}
