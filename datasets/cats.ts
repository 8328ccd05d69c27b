/**
 * Document 001's data: 209 + 50 pictures of 64×64 pixels, cats and others, from its two HDF5 files or from folders of
 * anybody's pictures. Where neither can be had, drawings take their place, and say so.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from '../src/utils/schema.ts';
import type { DataRequest, Dataset, Examples, LoadedDataset } from '../src/data/dataset.ts';
import { InputError } from '../src/utils/errors.ts';
import { sha256 } from '../src/node/files.ts';
import { obtain, syntheticDataNotice } from './acquire/obtain.ts';
import { readCatSets } from './formats/cat-sets.ts';
import { readPictureFolders } from './formats/image-folders.ts';
import { readOptions } from './options.ts';
import { published } from './published.ts';

const side = 64;
const classNames = ['non-cat', 'cat'];

/** As many as the document's. */
const drawnSets = {
  train: { name: 'train', pictures: 209, cats: 72, seed: 0 },
  test: { name: 'test', pictures: 50, cats: 33, seed: 1 },
};

const schema = z.object({ skipBroken: z._default(z.boolean({ error: 'expected true or false' }), false) });

type Loaded = Pick<LoadedDataset, 'source' | 'standIn' | 'files' | 'train' | 'test'>;

/** Option `skipBroken` leaves out the files of picture folders that are no pictures, and lists them. */
export const cats: Dataset = {
  name: 'cats',
  title: 'pictures of cats and of other things, 64×64 pixels in color',
  async load(request) {
    const { skipBroken } = readOptions(schema, request.options);
    const folders = findFolders(request);
    const loaded = folders ? await fromFolders(folders, skipBroken, request) : await fromFiles(request);
    return {
      name: 'cats',
      classNames,
      preprocessing: { kind: 'image', height: side, width: side, channels: 3, divisor: 255 },
      ...loaded,
    };
  },
};

/**
 * The directory whose `train` and `test` hold picture folders, if the request points at one. The document's two files
 * come first where both are there.
 *
 * @throws InputError where a data directory was named that holds neither.
 */
function findFolders({ data, dataDir }: DataRequest): string | undefined {
  if (!dataDir || (data !== 'dir' && data !== 'auto')) return undefined;
  const directory = join(dataDir, 'cats');
  const holds = (name: string) => existsSync(join(directory, name));
  const names = published.cats.files.map(({ name }) => name);
  if (names.some(holds)) return undefined;
  if (holds('train') || holds('test')) return directory;
  throw new InputError(
    `the data directory lacks files: ${JSON.stringify(directory)} should contain ${names.join(' and ')}, or folders of ` +
      'pictures train/cat, train/non-cat, test/cat, test/non-cat; put them there, or omit --data-dir and ' +
      'ZOO_DATA_DIR to download the data',
  );
}

async function fromFolders(root: string, skipBroken: boolean, { progress }: DataRequest): Promise<Loaded> {
  const size = { height: side, width: side };
  const read = (split: string) => readPictureFolders({ root, split, classNames, size, skipBroken, progress });
  const train = await read('train');
  const test = await read('test');
  return {
    source: 'dir',
    files: [...train.files, ...test.files],
    train: train.examples,
    test: test.examples,
  };
}

async function fromFiles(request: DataRequest): Promise<Loaded> {
  const obtained = await obtain(published.cats, request);
  if (obtained.source === 'built-in') return drawn(obtained.reason, request);
  const [trainFile, testFile] = obtained.files;
  const [train, test] = await Promise.all([
    readCatSets(trainFile.content, trainFile.path, 'train'),
    readCatSets(testFile.content, testFile.path, 'test'),
  ]);
  return {
    source: obtained.source,
    files: obtained.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    train: withOrigin(train, trainFile.name),
    test: withOrigin(test, testFile.name),
  };
}

const withOrigin = (examples: Examples, file: string): Examples => ({
  ...examples,
  origin: (row) => ({ file, place: `picture ${row + 1}` }),
});

async function drawn(reason: string, request: DataRequest): Promise<Loaded> {
  // Loaded only here: real data do not need the drawings.
  const { drawCats } = await import('./built-in/cats.ts');
  const train = await drawCats(drawnSets.train, request);
  const test = await drawCats(drawnSets.test, request);
  const asFile = (name: string, { inputs, labels }: Examples) => {
    const content = Buffer.concat([inputs as Uint8Array, labels as Uint8Array]);
    return { name, bytes: content.length, sha256: sha256(content) };
  };
  return {
    source: 'built-in',
    standIn: syntheticDataNotice(
      'simple drawings of cats and other things made by this program',
      published.cats,
      reason,
    ),
    files: [asFile('drawn training pictures', train), asFile('drawn test pictures', test)],
    train,
    test,
  };
}
