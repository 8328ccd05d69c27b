/**
 * The table in a user's file; the file extension gives the format.
 */
import { type CsvOptions, readCsvTable, textOf } from '../../src/data/formats/csv.ts';
import { readJsonLines } from '../../src/data/formats/json-lines.ts';
import { parseNpy, tableOfArrays } from '../../src/data/formats/npy.ts';
import { readParquet } from '../../src/data/formats/parquet.ts';
import { isGzipped, unzip } from '../../src/data/formats/unzip.ts';
import type { Table } from '../../src/data/table/table.ts';
import { readLimited, sha256 } from '../../src/node/files.ts';
import { InputError } from '../../src/utils/errors.ts';

/** Fits in memory several times: as bytes, as text, and as numbers. */
const maxBytes = 256e6;

type Reader = (bytes: Uint8Array, name: string, options: CsvOptions) => Table | Promise<Table>;

const readJson: Reader = (bytes, name) => readJsonLines(textOf(bytes, name).split('\n'), name);

const readers: Record<string, Reader> = {
  csv: (bytes, name, options) => readCsvTable(bytes, name, ',', options),
  tsv: (bytes, name, options) => readCsvTable(bytes, name, '\t', options),
  jsonl: readJson,
  ndjson: readJson,
  npy: (bytes, name) => tableOfArrays({ [name]: parseNpy(bytes, name) }, name),
  npz: readNumpy,
  parquet: readParquet,
};

export const tableEndings = Object.keys(readers);

/** Whether a path is that of a table, gzipped or not. */
export const isTableFile = (path: string): boolean => endingOf(path) !== undefined;

const endingOf = (path: string): string | undefined => {
  const [, ending] = /\.([a-z]+)(?:\.gz)?$/i.exec(path) ?? [];
  return tableEndings.find((known) => known === ending?.toLowerCase());
};

export interface TableFile {
  table: Table;
  file: { name: string; bytes: number; sha256: string };
}

/**
 * @param options of text files
 * @returns the table, and the file as a run records it
 * @throws InputError if the file is missing, too large, of an unknown format or invalid
 */
export async function readTableFile(path: string, options: CsvOptions = {}): Promise<TableFile> {
  const ending = endingOf(path);
  if (!ending) {
    throw new InputError(
      `Unknown table format: ${path}. The name must end in ${tableEndings.map((e) => `.${e}`).join(', ')}.`,
    );
  }
  const packed = await readLimited(path, maxBytes);
  const name = path.replace(/^.*[\\/]/, '');
  const bytes = isGzipped(packed) ? await unzip(packed, name, maxBytes) : packed;
  const table = await readers[ending](bytes, name, options);
  return { table, file: { name, bytes: packed.length, sha256: sha256(packed) } };
}

/** SHA-256 of a table file. @throws InputError as {@link readTableFile} */
export const hashOf = async (path: string): Promise<string> => sha256(await readLimited(path, maxBytes));

async function readNumpy(bytes: Uint8Array, name: string): Promise<Table> {
  const { readNpz } = await import('../../src/data/formats/npz.ts');
  const arrays = readNpz(bytes, name, maxBytes);
  if (Object.keys(arrays).length === 0) throw new InputError(`${name} contains no arrays.`);
  return tableOfArrays(arrays, name);
}
