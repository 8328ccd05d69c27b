/**
 * Files of the user: weights, tables and digits. Their contents do not leave this worker.
 */
import { mnistFormat } from '../../../datasets/built-in/digits.ts';
import { parseDigits } from '../../data/formats/idx.ts';
import { readCsvTable } from '../../data/formats/csv.ts';
import { datasetFromTable } from '../../data/table/dataset.ts';
import type { TableInput } from '../../data/dataset.ts';
import { isTextAt } from '../../data/table/columns.ts';
import { type Table, type TableColumn, textAt } from '../../data/table/table.ts';
import { InputError } from '../../utils/errors.ts';
import { predict } from '../../estimator/predict.ts';
import { weightsFrom, type SavedModel } from '../../weights/saved-model.ts';
import type {
  Dropped,
  InputColumn,
  Prediction,
  SavedInputs,
  TableChoice,
  TableColumnCard,
} from '../messages.ts';
import { keepUserData, type PageData } from './data.ts';
import { hashOf, hashOfBytes } from './record.ts';

let saved: SavedModel | undefined;
let table: { table: Table; file: PageData['files'][number] } | undefined;

/** @throws InputError for unsupported or damaged files */
export async function readFiles(files: File[]): Promise<Dropped> {
  const [file] = files;
  if (files.length === 4) return readDigits(files);
  if (files.length === 1 && /\.json$/i.test(file.name)) return readWeights(file);
  const delimiter = /\.tsv$/i.test(file.name) ? '\t' : /\.csv$/i.test(file.name) ? ',' : undefined;
  if (files.length === 1 && delimiter) return readTable(file, delimiter);
  if (files.length === 1 && /\.txt$/i.test(file.name)) return readText(file);
  const names = files.map(({ name }) => name).join(', ');
  throw new InputError(
    `Drop one weights.json, one table (.csv, .tsv), one text (.txt) or the four IDX files of MNIST, not ${names}.`,
  );
}

async function readWeights(file: File): Promise<Dropped> {
  saved = weightsFrom(await file.text(), file.name);
  const { features, definition } = saved;
  const { classNames, preprocessing } = saved.file;
  const isImage = preprocessing.kind === 'image' && preprocessing.channels === 1;
  const columns = preprocessing.kind === 'table' ? preprocessing.columns.map(inputColumn) : undefined;
  const inputs = columns?.length ?? features;
  const about = { name: file.name, model: definition.name, inputs, classNames, isImage };
  return { kind: 'weights', ...about, ...(columns && { columns }) };
}

function inputColumn(column: TableInput): InputColumn {
  const { name, fill } = column;
  const isOptional = fill !== undefined;
  if (!('categories' in column))
    return { name, example: String(Number(column.mean.toPrecision(3))), isOptional };
  const { categories } = column;
  return { name, example: column.fill ?? categories[0], categories, isOptional };
}

/**
 * The prediction of the dropped weights for raw numbers or the cells of a row, as in `zoo predict --values`.
 */
export async function predictSaved(values: SavedInputs): Promise<Prediction> {
  if (!saved) throw new InputError('Drop a weights.json first.');
  const [answer] = await predict(saved, [values as number[]]);
  return answer;
}

async function readText(file: File): Promise<Dropped> {
  const { maxTextBytes, userText, userTextData } = await import('./sequences.ts');
  if (file.size > maxTextBytes) throw new InputError(`${file.name} is larger than ${maxTextBytes / 1e6} MB.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const hash = hashOfBytes(bytes);
  const text = userText(bytes, { name: file.name, bytes: bytes.length, sha256: hash });
  const data = `${file.name}:${hash.slice(0, 16)}`;
  keepUserData(data, (seed, options) => userTextData(text, seed, options), true);
  return { kind: 'text', name: file.name, characters: text.text.length, data };
}

async function readTable(file: File, delimiter: ',' | '\t'): Promise<Dropped> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const read = readCsvTable(bytes, file.name, delimiter);
  table = { table: read, file: { name: file.name, bytes: bytes.length, sha256: hashOfBytes(bytes) } };
  return { kind: 'table', name: file.name, rows: read.rows, columns: read.columns.map(cardOf(read)) };
}

const cardOf =
  ({ rows }: Table) =>
  (column: TableColumn): TableColumnCard => {
    let [missing, texts] = [0, 0];
    for (let row = 0; row < rows; row++) {
      if (textAt(column, row) === undefined) missing++;
      else if (isTextAt(column, row)) texts++;
    }
    const { name, isIndex } = column;
    return { name, kind: texts > 0 ? 'categorical' : 'numeric', missing, isIndex };
  };

/** Registers the dropped table. @returns the name of the data in an address @throws InputError as `datasetFromTable` */
export function useTable({ target, missing, task, ...columns }: TableChoice): string {
  if (!table) throw new InputError('Drop a table first.');
  const { table: read, file } = table;
  // A column may have been chosen before it became the target.
  const inputs = (names: string[] = []) => names.filter((name) => name !== target);
  const [categories, dropColumns] = [inputs(columns.categories), inputs(columns.dropColumns)];
  const choice = {
    ...(missing && missing !== 'refuse' && { missing }),
    ...(categories.length > 0 && { categories }),
    ...(dropColumns.length > 0 && { dropColumns }),
    ...(task && { task }),
  };
  const load = (seed: number): PageData => {
    const own = { file: file.name, target, ...choice };
    return { ...datasetFromTable(read, { target, seed, ...choice }), own, files: [file] };
  };
  // What is wrong with it is to be told now.
  load(1);
  const others = JSON.stringify(choice);
  const name = `${file.name}:${target}:${file.sha256.slice(0, 16)}${others === '{}' ? '' : `:${hashOf(others).slice(0, 8)}`}`;
  keepUserData(name, load);
  return name;
}

const parts = ['train-images', 'train-labels', 't10k-images', 't10k-labels'];

async function readDigits(files: File[]): Promise<Dropped> {
  const ordered = parts.map((part) => {
    const file = files.find(({ name }) => name.startsWith(part));
    if (!file) throw new InputError(`Missing MNIST file ${part}-….`);
    return file;
  });
  const read = await Promise.all(ordered.map(unpacked));
  const [trainImages, trainLabels, testImages, testLabels] = read;
  const data: PageData = {
    ...mnistFormat,
    source: 'dir',
    files: read.map(({ name, packed, sha256 }) => ({ name, bytes: packed, sha256 })),
    train: parseDigits(trainImages, trainLabels),
    test: parseDigits(testImages, testLabels),
  };
  const key = `mnist:${read[0].sha256.slice(0, 16)}`;
  keepUserData(key, () => data);
  return { kind: 'digits', name: 'MNIST', rows: data.train.rows, data: key };
}

interface Unpacked {
  name: string;
  bytes: Uint8Array;
  /** Size and hash of the file as it is stored. */
  packed: number;
  sha256: string;
}

async function unpacked(file: File): Promise<Unpacked> {
  const packed = new Uint8Array(await file.arrayBuffer());
  const isGzipped = packed[0] === 0x1f && packed[1] === 0x8b;
  const stream = () => file.stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    const bytes = isGzipped ? new Uint8Array(await new Response(stream()).arrayBuffer()) : packed;
    return { name: file.name, bytes, packed: packed.length, sha256: hashOfBytes(packed) };
  } catch {
    throw new InputError(`${file.name} is damaged: it cannot be unpacked.`);
  }
}
