/** Tables out of JSON lines: an object a line, of which each key is a column. */
import { type Cell, WrittenNumber } from '../table/cells.ts';
import { quoted, type Table, TableBuilder } from '../table/table.ts';
import { InputError } from '../../utils/errors.ts';

/** @param lines of the file, without their ends @throws InputError naming the line that is not an object of plain values */
export async function readJsonLines(
  lines: AsyncIterable<string> | Iterable<string>,
  name: string,
): Promise<Table> {
  const builder = new TableBuilder(name, { word: 'line', hasTypes: true });
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
    const marked = markNumbers(line);
    if (marked !== line) value = JSON.parse(marked, (_, one) => writtenNumber(one));
  } catch {
    throw new InputError(`${where}: this is not JSON; expected an object such as {"age": 41, "kind": "a"}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InputError(`${where}: expected an object such as {"age": 41, "kind": "a"}.`);
}

/** Begins a string that stands for a number. */
const mark = '\0';

/** Numbers that `JSON.parse` would return in other digits become strings; `JSON.parse` does not tell how a number was written. */
const markNumbers = (line: string): string =>
  line.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify(mark + token),
  );

const writtenNumber = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(mark) ? new WrittenNumber(value.slice(1)) : value;

/** @throws InputError where a value is itself a list or an object */
export function cellOf(value: unknown, where: string): Cell {
  const isPlain = typeof value !== 'object' || value === null;
  if (!isPlain && !(value instanceof Date) && !(value instanceof WrittenNumber)) {
    throw new InputError(`${where}: the cell holds a list or an object, expected one number or text.`);
  }
  return value as Cell;
}

/**
 * The lines of a stream of UTF-8, one after the other. A line that never ends takes no more memory than the longest
 * that is allowed.
 *
 * @throws InputError that names the line which is too long or no UTF-8
 */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  longest: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending = '';
  let number = 1;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new InputError(`line ${number} of the input is not text in UTF-8.`);
    }
  };
  const checked = (line: string): string => {
    if (line.length > longest)
      throw new InputError(`line ${number} of the input is longer than ${longest} characters.`);
    return line;
  };
  for await (const chunk of stream) {
    const lines = (pending + decode(chunk)).split('\n');
    pending = lines.pop()!;
    for (const line of lines) {
      yield checked(line);
      number++;
    }
    checked(pending);
  }
  pending += decode();
  if (pending !== '') yield checked(pending);
}
