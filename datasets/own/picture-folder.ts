/**
 * Pictures of the user's own, in one folder a class, of any size and kind.
 */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DataRequest, Examples, LoadedDataset, OwnFiles } from '../../src/data/dataset.ts';
import { InputError } from '../../src/utils/errors.ts';
import { usualTestShare } from '../../src/data/table/dataset.ts';
import { splitRowsOf } from '../../src/data/splits.ts';
import { RandomState } from '../../src/utils/random.ts';
import { fileError } from '../../src/node/files.ts';
import { readPictureFolders } from '../formats/image-folders.ts';

/** MNIST's, which every model of grey pictures here takes. */
const usualSize = [28, 28];

/** @throws InputError where there are no two folders, or a file is no picture */
export async function loadPictureFolder(
  { folder = '', size = usualSize, grey = false, testShare = usualTestShare }: OwnFiles,
  { options, progress, seed }: DataRequest,
): Promise<LoadedDataset> {
  const classNames = await foldersIn(folder);
  const [width, height] = size;
  const { examples, files } = await readPictureFolders({
    root: folder,
    split: '.',
    classNames,
    size: { width, height },
    grey,
    skipBroken: options.skipBroken === true,
    progress,
  });
  const name = basename(folder);
  const { train, test } = splitRowsOf(
    name,
    { labels: examples.labels, names: classNames },
    testShare,
    new RandomState(seed),
  );
  const rows = takeRows(examples, train);
  return {
    name,
    source: 'dir',
    files,
    classNames,
    preprocessing: { kind: 'image', height, width, channels: grey ? 1 : 3, divisor: 255, resized: true },
    train: rows,
    test: test.length > 0 ? takeRows(examples, test) : rows,
  };
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, 'read the folder', folder);
  });
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
  if (names.length >= 2 && names.length <= 256) return names;
  throw new InputError(
    `${folder} holds ${names.length} folders; expected 2 to 256, one for each class, with its pictures in it.`,
  );
}

function takeRows({ features, inputs, labels, origin, divisor }: Examples, places: Int32Array): Examples {
  const taken = new Uint8Array(places.length * features);
  places.forEach((place, i) =>
    taken.set(inputs.subarray(place * features, (place + 1) * features), i * features),
  );
  return {
    rows: places.length,
    features,
    inputs: taken,
    divisor,
    labels: Uint8Array.from(places, (place) => labels[place]),
    origin: (row) => origin!(places[row]),
  };
}
