/** Tables out of Parquet files, by hyparquet; of the compressions of Parquet only LZO, which is rare, is not supported. */
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import { cellOf } from './json-lines.ts';
import { quoted, TableBuilder, type Table } from '../table/table.ts';

/** So many rows are decoded at a time. */
const rowsAtOnce = 10_000;
/** Writers make pages of about a megabyte; the length is read from the file, before its content is. */
const maxPageBytes = 256e6;

type Unpack = (input: Uint8Array, outputLength: number) => Uint8Array;

async function compressorsOf(): Promise<Record<string, Unpack>> {
  const { compressors, decompressZstd } = await import('hyparquet-compressors');
  // The decoder of hyparquet-compressors takes as much memory as the compressed bytes say.
  const zstd: Unpack = (input, length) => decompressZstd(input, new Uint8Array(length));
  return Object.fromEntries(
    Object.entries<Unpack>({ ...compressors, ZSTD: zstd }).map(([name, unpack]) => [
      name,
      (input: Uint8Array, length: number) => {
        if (length > maxPageBytes)
          throw new Error(`a page has ${length} bytes, the maximum is ${maxPageBytes}`);
        return unpack(input, length);
      },
    ]),
  );
}

/** @throws InputError where the file is cut short, of another kind, or compressed in a way that is not known */
export async function readParquet(bytes: Uint8Array, name: string): Promise<Table> {
  const { parquetMetadata, parquetRead, parquetSchema } = await import('hyparquet');
  const compressors = await compressorsOf();
  // A copy of its own, for a Buffer may be a part of a larger one.
  const file = new Uint8Array(bytes).buffer;
  try {
    const metadata = parquetMetadata(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const builder = new TableBuilder(name, { word: 'row', hasTypes: true });
    columns.forEach((column) => builder.addColumn(column));
    const rows = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < rows; rowStart += rowsAtOnce) {
      const add = (read: Record<string, unknown>[]): void => {
        for (const [i, record] of read.entries()) {
          const place = rowStart + i + 1;
          const cells = columns.map((column) =>
            cellOf(record[column], `${name}, row ${place}, ${quoted(column)}`),
          );
          builder.addRow(cells, place);
        }
      };
      const rowEnd = Math.min(rows, rowStart + rowsAtOnce);
      await parquetRead({
        file,
        metadata,
        compressors,
        rowStart,
        rowEnd,
        rowFormat: 'object',
        onComplete: add,
      });
    }
    return builder.table();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${name} cannot be read as Parquet: ${sanitizeForTerminal((error as Error).message)}.`,
    );
  }
}
