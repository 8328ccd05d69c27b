/** Small tables, and what is said of those that are refused. */
import { expect } from '@jest/globals';
import type { Cell } from '../../../../src/data/table/cells.ts';
import { type CellOptions, TableBuilder, type Table } from '../../../../src/data/table/table.ts';
import { InputError } from '../../../../src/utils/errors.ts';

export function tableOf(columns: Record<string, Cell[]>, options: Partial<CellOptions> = {}): Table {
  const builder = new TableBuilder('t.csv', { word: 'line', ...options });
  Object.keys(columns).forEach((name) => builder.addColumn(name));
  const [first] = Object.values(columns);
  first.forEach((_, row) =>
    builder.addRow(
      Object.values(columns).map((cells) => cells[row]),
      row + 2,
    ),
  );
  return builder.table();
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export const all = (table: Table): Int32Array => Int32Array.from(range(table.rows));

/** The whole sentence with which somebody's data is refused. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('it is not refused');
}
