/**
 * The inputs of `predict`: values, images, folders and patterns, tables, lines on standard input.
 */
import { isTableFile, readTableFile } from '../../../datasets/user/table-file.ts';
import { stat } from 'node:fs/promises';
import { numbersIn, standardInput } from './options.ts';
import { linesOf } from '../../data/formats/json-lines.ts';
import type { TableInput } from '../../data/dataset.ts';
import { type CsvOptions, namesColumns, parseCsv, parseNumber } from '../../data/formats/csv.ts';
import { checkColumns, encodeTable } from '../../data/table/encode.ts';
import type { Table } from '../../data/table/table.ts';
import { rowFromValues } from '../../data/row-from-values.ts';
import { readLimited } from '../../node/files.ts';
import { rowFromImage } from '../../node/image.ts';
import { InputError } from '../../utils/errors.ts';
import type { Progress } from '../../utils/progress.ts';
import { parseJson } from '../../weights/json.ts';
import type { SavedModel } from '../../weights/saved-model.ts';

export interface Row {
  /** As the user knows it: a path, a path and a line, the values themselves. */
  input: string;
  values: Float64Array;
  /** Where it stands in a table. */
  from?: { table: Table; row: number };
}

/** A row of a table or a line that does not fit the model. */
export interface FailedRow extends Omit<Row, 'values'> {
  error: string;
}

/** The row with what `valuesOf` returns, or with its error: one bad row does not stop the others. */
function rowOrError(row: Omit<Row, 'values'>, valuesOf: () => Float64Array): Row | FailedRow {
  try {
    return { ...row, values: valuesOf() };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...row, error: error.message };
  }
}

export const isFailed = (row: Row | FailedRow): row is FailedRow => 'error' in row;

export interface InputOptions {
  /** Rows of numbers, with commas between. */
  values: string[];
  /** Files, folders, patterns, or what `-` arrives as. */
  words: string[];
  /** Whether files of folders and patterns that cannot be read are passed over. */
  skipBroken: boolean;
  /** How CSV and TSV files are read. */
  text?: CsvOptions;
  progress: Progress;
}

const longestLine = 1_000_000;
const maxTableBytes = 256e6;
/** The kinds of file that folders are searched for; a named file may be called anything. */
const pictures = '*.{jpg,jpeg,png,webp,gif,avif,tif,tiff}';

/**
 * All of it, in its order.
 *
 * @returns also the rows of tables and lines that do not fit the model
 * @throws InputError naming the input that does not fit the model, if none does; and where there are more than memory holds
 */
export async function readInputs(saved: SavedModel, options: InputOptions): Promise<(Row | FailedRow)[]> {
  const most = Math.min(1e6, Math.floor(2 ** 25 / saved.features));
  const rows: (Row | FailedRow)[] = [];
  for await (const row of inputsOf(saved, options)) {
    if (rows.length === most) throw new InputError(`Too many inputs: at most ${most} at a time.`);
    rows.push(row);
  }
  const [first] = rows;
  if (rows.length > 0 && rows.every(isFailed)) throw new InputError((first as FailedRow).error);
  if (rows.length > 0) return rows;
  throw new InputError(
    options.words.length > 0
      ? 'The inputs are empty.'
      : 'Missing input. Name images, a folder, a pattern, a table, --values, or - for standard input.',
  );
}

type Rows = AsyncGenerator<Row | FailedRow> | Generator<Row | FailedRow>;

async function* inputsOf(saved: SavedModel, options: InputOptions): AsyncGenerator<Row | FailedRow> {
  for (const text of options.values) {
    yield { input: text, values: rowFromValues(saved, cellsIn(saved, text), `--values ${text}`) };
  }
  for (const word of options.words) yield* await rowsOf(saved, word, options);
}

/** What stands between commas: numbers, and texts too where the model was trained on a table. */
const cellsIn = ({ file }: SavedModel, text: string): unknown[] =>
  file.preprocessing.kind === 'table' ? text.split(',') : numbersIn(text);

async function rowsOf(saved: SavedModel, word: string, options: InputOptions): Promise<Rows> {
  if (word === standardInput) return lineRows(saved, process.stdin, 'the input');
  const { preprocessing } = saved.file;
  if (preprocessing.kind === 'table' && isTableFile(word))
    return namedRows(preprocessing.columns, word, options);
  const found = await stat(word).catch(() => undefined);
  if (found?.isDirectory()) return pictureRows(saved, await filesIn(word, true), options);
  if (/\.[ct]sv$/i.test(word))
    return tableRows(saved, await readLimited(word, maxTableBytes), word, options.text);
  if (/\.(jsonl|ndjson)$/i.test(word)) return lineRows(saved, [await readLimited(word, maxTableBytes)], word);
  if (!found && /[*?[\]{}]/.test(word)) return pictureRows(saved, await filesIn(word, false), options);
  return pictureRows(saved, [word], { ...options, skipBroken: false });
}

/** The files that match a pattern, or the images in a folder. */
async function filesIn(word: string, isFolder: boolean): Promise<string[]> {
  const { glob, escapePath } = await import('tinyglobby');
  const pattern = isFolder ? `${escapePath(word).replace(/[\\/]+$/, '')}/**/${pictures}` : word;
  const found = await glob(pattern, { caseSensitiveMatch: !isFolder, expandDirectories: false });
  if (found.length > 0) return found.sort();
  throw new InputError(isFolder ? `${word} contains no images (${pictures}).` : `No file matches ${word}.`);
}

async function* pictureRows(
  saved: SavedModel,
  paths: string[],
  { skipBroken, progress }: InputOptions,
): AsyncGenerator<Row> {
  const task = 'reading images';
  for (const [i, path] of paths.entries()) {
    progress.update(task, i, paths.length);
    try {
      yield { input: path, values: await rowFromImage(saved, path) };
    } catch (error) {
      if (!skipBroken || !(error instanceof InputError)) throw error;
      progress.note(`skipped: ${error.message}`);
    }
  }
  progress.finish(task);
}

/** Rows of a table like the one that trained the model: columns by their names, whatever others there are. */
async function* namedRows(
  columns: readonly TableInput[],
  path: string,
  { text, progress }: InputOptions,
): AsyncGenerator<Row | FailedRow> {
  const { table } = await readTableFile(path, text);
  table.notes.forEach((note) => progress.note(note));
  checkColumns(table, columns);
  for (let row = 0; row < table.rows; row++) {
    const [, place] = table.placeOf(row).split(' ');
    yield rowOrError({ input: `${path}:${place}`, from: { table, row } }, () =>
      encodeTable(table, columns, [row]),
    );
  }
}

/** Rows of a table, whose first line may name the columns; between them are tabs where that line has one. */
function* tableRows(
  saved: SavedModel,
  bytes: Uint8Array,
  path: string,
  { header, decimal }: CsvOptions = {},
): Generator<Row | FailedRow> {
  const firstLine = bytes.subarray(0, bytes.indexOf(10) + 1 || undefined);
  const lines = parseCsv(bytes, path, firstLine.includes(9) ? '\t' : ',');
  for (const line of (header ?? namesColumns(lines[0])) ? lines.slice(1) : lines) {
    yield rowOrError({ input: `${path}:${line.line}` }, () => {
      const values = line.cells.map((_, column) => parseNumber(line, column, path, decimal));
      return rowFromValues(saved, values, `${path}, line ${line.line}`);
    });
  }
}

/** One JSON array of numbers a line, an object with `values`, or numbers with commas between. */
async function* lineRows(
  saved: SavedModel,
  stream: AsyncIterable<Uint8Array> | Uint8Array[],
  where: string,
): AsyncGenerator<Row | FailedRow> {
  let number = 0;
  for await (const line of linesOf(stream, longestLine)) {
    number++;
    if (line.trim() === '') continue;
    const place = `line ${number} of ${where}`;
    yield rowOrError({ input: line.trim() }, () => rowFromValues(saved, valuesIn(saved, line, place), place));
  }
}

function valuesIn(saved: SavedModel, line: string, place: string): unknown {
  const isTable = saved.file.preprocessing.kind === 'table';
  if (isTable && !/^\s*[[{]/.test(line)) return cellsIn(saved, line);
  if (/^[\s\d.,eE+-]+$/.test(line)) return numbersIn(line);
  const parsed = parseJson(line, place, { values: 100_000 });
  return Array.isArray(parsed) || isTable ? parsed : (parsed as { values?: unknown } | null)?.values;
}

const shades = ' .:-=+*#%@';

/** A small grey picture in letters, two columns a pixel pair so that it keeps its shape. @param values 0 … 1 */
export function drawGrey(values: ArrayLike<number>, width: number): string {
  const lines: string[] = [];
  for (let y = 0; y + 1 < values.length / width; y += 2) {
    let line = '';
    for (let x = 0; x < width; x++) {
      const mean = (values[y * width + x] + values[(y + 1) * width + x]) / 2;
      line += shades[Math.min(shades.length - 1, Math.floor(mean * shades.length))];
    }
    lines.push(line.trimEnd());
  }
  return lines.join('\n');
}
