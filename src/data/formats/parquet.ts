/** Tables out of Parquet files, by hyparquet. */
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import { cellOf } from './json-lines.ts';
import { quoted, TableBuilder, type Table } from '../table/table.ts';

/** So many rows are decoded at a time. */
const rowsAtOnce = 10_000;

/**
 * @param compressors beside Snappy, by their Parquet names
 * @throws InputError where the file is cut short, of another kind, or compressed in a way that is not known
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
  compressors: Record<string, (input: Uint8Array, outputLength: number) => Uint8Array> = {},
): Promise<Table> {
  const { parquetMetadata, parquetRead, parquetSchema } = await import('hyparquet');
  // A copy of its own, for a Buffer may be a part of a larger one.
  const file = new Uint8Array(bytes).buffer;
  try {
    const metadata = parquetMetadata(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const builder = new TableBuilder(name, 'row');
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
