/** Tables out of JSON lines: an object a line, of which each key is a column. */
import { InputError } from '../../utils/errors.ts';
import { quoted, TableBuilder, type Cell, type Table } from '../table/table.ts';

/** @param lines of the file, without their ends @throws InputError naming the line that is no object of plain values */
export async function readJsonLines(
  lines: AsyncIterable<string> | Iterable<string>,
  name: string,
): Promise<Table> {
  const builder = new TableBuilder(name, 'line');
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    const where = `${name}, line ${number}`;
    const cells: Cell[] = [];
    for (const [column, value] of Object.entries(objectIn(line, where))) {
      if (builder.placeOf(column) === undefined) builder.addColumn(column);
      cells[builder.placeOf(column)!] = cellOf(value, `${where}, ${quoted(column)}`);
    }
    builder.addRow(cells, number);
  }
  return builder.table();
}

function objectIn(line: string, where: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError(`${where}: this is no JSON; expected an object such as {"age": 41, "kind": "a"}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InputError(`${where}: expected an object such as {"age": 41, "kind": "a"}.`);
}

/** @throws InputError where a value is itself a list or an object */
export function cellOf(value: unknown, where: string): Cell {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    throw new InputError(`${where}: the cell holds a list or an object, expected one number or text.`);
  }
  return value as Cell;
}
