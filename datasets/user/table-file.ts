/**
 * A table from a file of the user's own, by the ending of its name.
 */
import * as zlib from 'node:zlib';
import { readCsvTable } from '../../src/data/formats/csv.ts';
import { readJsonLines } from '../../src/data/formats/json-lines.ts';
import { parseNpy, tableOfArrays } from '../../src/data/formats/npy.ts';
import { readParquet } from '../../src/data/formats/parquet.ts';
import { isGzipped, unzip } from '../../src/data/formats/unzip.ts';
import type { Table } from '../../src/data/table/table.ts';
import { readLimited, sha256 } from '../../src/node/files.ts';
import { InputError } from '../../src/utils/errors.ts';

/** A text of so many bytes still fits memory several times, as bytes, as text, and as numbers. */
const mostBytes = 256e6;

type Reader = (bytes: Uint8Array, name: string) => Table | Promise<Table>;

/** What Parquet files are packed with, as far as this Node.js unpacks it; Snappy, the usual, needs nothing. */
const unpackers: Record<string, keyof typeof zlib> = {
  GZIP: 'gunzipSync',
  BROTLI: 'brotliDecompressSync',
  ZSTD: 'zstdDecompressSync' as keyof typeof zlib,
};

type Unpack = (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const compressors = Object.fromEntries(
  Object.entries(unpackers).flatMap(([name, key]) => {
    const unpack = zlib[key] as Unpack | undefined;
    if (!unpack) return [];
    return [
      [name, (input: Uint8Array, length: number) => unpack(input, { maxOutputLength: Math.max(length, 1) })],
    ];
  }),
);

const readers: Record<string, Reader> = {
  csv: (bytes, name) => readCsvTable(bytes, name, ','),
  tsv: (bytes, name) => readCsvTable(bytes, name, '\t'),
  jsonl: (bytes, name) => readJsonLines(textOf(bytes, name).split('\n'), name),
  ndjson: (bytes, name) => readJsonLines(textOf(bytes, name).split('\n'), name),
  npy: (bytes, name) => tableOfArrays({ [name]: parseNpy(bytes, name) }, name),
  npz: readNpz,
  parquet: (bytes, name) => readParquet(bytes, name, compressors),
};

export const tableEndings = Object.keys(readers);

/** Whether a path is that of a table, packed or not. */
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
 * @returns the table, and what a run records of its file
 * @throws InputError where the file is missing, too large, of another kind, or no table
 */
export async function readTableFile(path: string): Promise<TableFile> {
  const ending = endingOf(path);
  if (!ending) {
    throw new InputError(
      `${path} is no table that can be read: its name must end in ${tableEndings.map((e) => `.${e}`).join(', ')}.`,
    );
  }
  const packed = await readLimited(path, mostBytes);
  const name = path.replace(/^.*[\\/]/, '');
  const bytes = isGzipped(packed) ? await unzip(packed, name, mostBytes) : packed;
  const table = await readers[ending](bytes, name);
  return { table, file: { name, bytes: packed.length, sha256: sha256(packed) } };
}

/** Of a file as it lies, by which it is known again. @throws InputError as {@link readTableFile} */
export const hashOf = async (path: string): Promise<string> => sha256(await readLimited(path, mostBytes));

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${name}: this is not a text file in UTF-8`);
  }
}

async function readNpz(bytes: Uint8Array, name: string): Promise<Table> {
  const { unzipSync } = await import('fflate');
  let unpacked = 0;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, {
      filter: ({ name: entry, originalSize }) => {
        unpacked += originalSize;
        if (unpacked > mostBytes) {
          throw new InputError(`${name} unpacks to more than the ${mostBytes} bytes allowed.`);
        }
        return entry.endsWith('.npy');
      },
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name} is damaged or no NPZ file: ${(error as Error).message}.`);
  }
  const arrays = Object.entries(entries).map(([entry, content]) => {
    const key = entry.replace(/\.npy$/, '');
    return [key, parseNpy(content, `${name}, ${key}`)] as const;
  });
  if (arrays.length === 0) throw new InputError(`${name} holds no arrays.`);
  return tableOfArrays(Object.fromEntries(arrays), name);
}
