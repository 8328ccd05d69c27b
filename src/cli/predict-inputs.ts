/**
 * What `predict` is given: pictures, folders and patterns of them, tables, lines on standard input.
 */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { parseCsv } from '../../datasets/formats/csv.ts';
import type { Progress } from '../core/progress.ts';
import { InputError } from '../core/errors.ts';
import { readLimited } from '../node/files.ts';
import { rowFromImage } from '../node/row-from-image.ts';
import { rowFromValues } from '../core/scoring/row-from-values.ts';
import { parseJson } from '../saved/json.ts';
import type { SavedModel } from '../saved/saved-model.ts';
import { linesOf, standardInput } from './lines.ts';
import { numbersIn } from './options.ts';

export interface Row {
  /** As the user knows it: a path, a path and a line, the values themselves. */
  input: string;
  values: Float64Array;
}

export interface InputOptions {
  /** Of folders and patterns, leave out files that cannot be read. */
  skipBroken: boolean;
  progress: Progress;
}

const longestLine = 1_000_000;
const mostTableBytes = 256e6;
/** The kinds of file that folders are searched for; a named file may be called anything. */
const pictures = '*.{jpg,jpeg,png,webp,gif,avif,tif,tiff}';

/**
 * @param words files, folders, patterns, or what `-` arrives as
 * @throws InputError naming the input that does not fit the model
 */
export async function readInputs(saved: SavedModel, words: string[], options: InputOptions): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (more: Row[]) => {
    rows.push(...more);
    checkCount(saved, rows.length);
  };
  for (const word of words) {
    if (word === standardInput) add(await readLines(saved, process.stdin, 'the input'));
    else if (await isFolder(word)) add(await readPictures(saved, await picturesIn(word), options));
    else if (/\.(csv|tsv|jsonl|ndjson)$/i.test(word)) add(await readTable(saved, word));
    else if (/[*?[\]{}]/.test(word) && !(await exists(word)))
      add(await readPictures(saved, await matches(word), options));
    else add([{ input: word, values: await rowFromImage(saved, word) }]);
  }
  return rows;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function picturesIn(folder: string): Promise<string[]> {
  const { glob, escapePath } = await import('tinyglobby');
  const found = await glob(`${escapePath(folder).replace(/[\\/]+$/, '')}/**/${pictures}`, {
    caseSensitiveMatch: false,
    expandDirectories: false,
  });
  if (found.length === 0) throw new InputError(`${folder} holds no pictures (${pictures}).`);
  return found.sort();
}

async function matches(pattern: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const found = await glob(pattern, { expandDirectories: false });
  if (found.length === 0) throw new InputError(`No file matches ${pattern}.`);
  return found.sort();
}

async function readPictures(
  saved: SavedModel,
  paths: string[],
  { skipBroken, progress }: InputOptions,
): Promise<Row[]> {
  const rows: Row[] = [];
  const task = 'reading pictures';
  for (const [i, path] of paths.entries()) {
    progress.update(task, i, paths.length);
    try {
      rows.push({ input: path, values: await rowFromImage(saved, path) });
    } catch (error) {
      if (!skipBroken || !(error instanceof InputError)) throw error;
      progress.note(`skipped: ${error.message}`);
    }
    checkCount(saved, rows.length);
  }
  progress.finish(task);
  return rows;
}

/** Rows of a CSV file, whose first line may name the columns, or JSON lines. */
async function readTable(saved: SavedModel, path: string): Promise<Row[]> {
  const bytes = await readLimited(path, mostTableBytes);
  if (extname(path).toLowerCase() !== '.csv' && extname(path).toLowerCase() !== '.tsv') {
    return readLines(saved, [bytes], path);
  }
  const lines = parseCsv(bytes, path).map(({ line, cells }) => ({
    line,
    cells: cells.length === 1 ? cells[0].split(/\t/) : cells,
  }));
  const isHeader = lines[0].cells.some((cell) => cell !== '' && Number.isNaN(Number(cell)));
  return lines.slice(isHeader ? 1 : 0).map(({ line, cells }) => ({
    input: `${path}:${line}`,
    values: rowFromValues(saved, numbersIn(cells.join()), `${path}, line ${line}`),
  }));
}

/** One JSON array of numbers a line, an object with `values`, or numbers with commas between. */
async function readLines(
  saved: SavedModel,
  stream: AsyncIterable<Uint8Array> | Uint8Array[],
  where: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  let number = 0;
  for await (const line of linesOf(stream as AsyncIterable<Uint8Array>, longestLine)) {
    number++;
    if (line.trim() === '') continue;
    const place = `line ${number} of ${where}`;
    rows.push({ input: line.trim(), values: rowFromValues(saved, valuesIn(line, place), place) });
    checkCount(saved, rows.length);
  }
  return rows;
}

function valuesIn(line: string, place: string): unknown {
  if (/^[\s\d.,eE+-]+$/.test(line)) return numbersIn(line);
  const parsed = parseJson(line, place, { values: 100_000 });
  return Array.isArray(parsed) ? parsed : (parsed as { values?: unknown } | null)?.values;
}

/** All rows are held in memory at once. */
export function checkCount({ features }: SavedModel, rows: number): void {
  const most = Math.min(1e6, Math.floor(2 ** 25 / features));
  if (rows > most) throw new InputError(`Give at most ${most} inputs at a time.`);
}
