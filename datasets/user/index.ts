/**
 * The user's data in place of a dataset of the zoo: a table in a file, or pictures in folders.
 */
import { readPictureFolders } from '../formats/image-folders.ts';
import { readTableFile, type TableFile } from './table-file.ts';
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type DataRequest,
  type Dataset,
  type LoadedDataset,
  type UserFiles,
  type Preprocessing,
  takeRows,
  withPositive,
  type TargetScale,
} from '../../src/data/dataset.ts';
import { splitRowsOf } from '../../src/data/splits.ts';
import { datasetFromTable, examplesForModel, defaultTestShare } from '../../src/data/table/dataset.ts';
import { columnList } from '../../src/data/table/table.ts';
import { fileError } from '../../src/node/files.ts';
import { InputError } from '../../src/utils/errors.ts';
import type { Progress } from '../../src/utils/progress.ts';
import { RandomState } from '../../src/utils/random.ts';

export const userData: Dataset = {
  name: 'own',
  title: 'your own table or pictures',
  async load(request) {
    const own = request.own ?? {};
    const loaded =
      own.file === undefined
        ? await loadPictureFolder(own, request)
        : datasetFromFile(await readTableFile(own.file, own), request);
    return { ...withPositive(loaded, own.positive), own };
  },
};

/** @throws InputError where the table cannot be taken as the request says */
export function datasetFromFile(
  { table, file }: TableFile,
  { own = {}, seed, progress }: Pick<DataRequest, 'own' | 'seed' | 'progress'>,
): LoadedDataset {
  table.notes.forEach((note) => progress.note(note));
  const { target } = own;
  if (target === undefined) {
    throw new InputError(
      `Missing target. Name the column of ${table.name} to predict with --target: ${columnList(table.columns)}.`,
    );
  }
  const { notes, ...loaded } = datasetFromTable(table, { ...own, target, seed });
  notes?.forEach((note) => progress.note(note));
  const left = table.rows - loaded.train.rows - (loaded.test === loaded.train ? 0 : loaded.test.rows);
  if (left > 0)
    progress.note(`${left} of ${table.rows} rows of ${table.name} are left out because a cell is missing.`);
  return { ...loaded, files: [file] };
}

/** What reading a table for a trained model needs. */
export interface TableModel {
  classNames: readonly string[];
  preprocessing: Preprocessing;
  target?: TargetScale;
}

/**
 * Every row of another table with the same columns, to score a model on.
 *
 * @param target the column of the labels
 * @throws InputError for a missing column, or a cell that the model does not take
 */
export async function loadForModel(
  path: string,
  model: TableModel,
  target: string,
  { decimal, header, progress }: Pick<UserFiles, 'decimal' | 'header'> & { progress?: Progress } = {},
): Promise<Pick<LoadedDataset, 'name' | 'source' | 'classNames' | 'test' | 'files'>> {
  const { table, file } = await readTableFile(path, { decimal, header });
  table.notes.forEach((note) => progress?.note(note));
  const { preprocessing, classNames } = model;
  if (preprocessing.kind !== 'table') {
    throw new InputError(`The model was not trained on a table and cannot use ${table.name}.`);
  }
  const test = examplesForModel(table, { ...model, columns: preprocessing.columns }, target);
  return { name: table.name, source: 'dir', classNames: [...classNames], test, files: [file] };
}

/** The size of MNIST, which every model of grey pictures takes. */
const defaultSize = [28, 28];

/** @throws InputError without two folders, or if a file is not a picture */
export async function loadPictureFolder(
  { folder = '', size = defaultSize, grey = false, testShare = defaultTestShare }: UserFiles,
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
  const { train, test } = splitRowsOf(name, examples.labels, classNames, testShare, new RandomState(seed));
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
    `${folder} has ${names.length} folders; expected 2 to 256, one of pictures for each class.`,
  );
}
