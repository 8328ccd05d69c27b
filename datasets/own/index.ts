/**
 * Data of the user's own in place of a dataset of the zoo: a table in a file, or pictures in folders.
 */
import type { DataRequest, Dataset, LoadedDataset } from '../../src/data/dataset.ts';
import { InputError } from '../../src/utils/errors.ts';
import { datasetFromTable, examplesForModel } from '../../src/data/table/dataset.ts';
import { quoted } from '../../src/data/table/table.ts';
import type { Preprocessing, TargetScale } from '../../src/data/dataset.ts';
import { loadPictureFolder } from './picture-folder.ts';
import { readTableFile, type TableFile } from './table-file.ts';

export const ownData: Dataset = {
  name: 'own',
  title: 'a table or pictures of your own',
  async load(request) {
    const own = request.own ?? {};
    const loaded = own.file === undefined ? await loadPictureFolder(own, request) : await loadTable(request);
    return { ...loaded, own };
  },
};

const loadTable = async (request: DataRequest): Promise<LoadedDataset> =>
  datasetFromFile(await readTableFile(request.own!.file!), request);

/** @throws InputError where the table cannot be taken as the request says */
export function datasetFromFile(
  { table, file }: TableFile,
  { own = {}, seed, progress }: Pick<DataRequest, 'own' | 'seed' | 'progress'>,
): LoadedDataset {
  table.notes.forEach((note) => progress.note(note));
  const { target } = own;
  if (target === undefined) {
    const names = table.columns.slice(0, 20).map(({ name }) => quoted(name));
    throw new InputError(
      `Name the column of ${table.name} that is to be predicted with --target: ${names.join(', ')}${table.columns.length > 20 ? ', …' : ''}.`,
    );
  }
  const loaded = datasetFromTable(table, { ...own, target, seed });
  const left = table.rows - loaded.train.rows - (loaded.test === loaded.train ? 0 : loaded.test.rows);
  if (left > 0)
    progress.note(`${left} of ${table.rows} rows of ${table.name} are left out: a cell is missing.`);
  return { ...loaded, files: [file] };
}

/** What of a trained model is needed to read a table for it. */
export interface ReadsTables {
  classNames: readonly string[];
  preprocessing: Preprocessing;
  target?: TargetScale;
}

/**
 * Every row of another table with the same columns, to score a model on.
 *
 * @param target the column of the right answers
 * @throws InputError where it lacks a column, or a cell is not what the model takes
 */
export async function loadForModel(
  path: string,
  model: ReadsTables,
  target: string,
): Promise<Pick<LoadedDataset, 'name' | 'source' | 'classNames' | 'test' | 'files'>> {
  const { table, file } = await readTableFile(path);
  const { preprocessing, classNames } = model;
  if (preprocessing.kind !== 'table') {
    throw new InputError(
      `The model was not trained on a table, so that ${table.name} cannot be read for it.`,
    );
  }
  const test = examplesForModel(table, { ...model, columns: preprocessing.columns }, target);
  return { name: table.name, source: 'dir', classNames: [...classNames], test, files: [file] };
}
