/**
 * A table as it was read, whatever kind of file it was: columns by name, and where each row stands. A cell is a number, a
 * text, or missing; a text that is a number is that number, so that 1, 1.0 and "1" are the same value everywhere.
 */
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';

export interface TableColumn {
  readonly name: string;
  /** `[rows]`; NaN where the cell is a text or missing. */
  readonly numbers: Float64Array;
  /** `[rows]`: places in `texts`, −1 where a cell is none; empty where no cell is. */
  readonly codes: Int32Array;
  readonly texts: readonly string[];
}

export interface Table {
  /** Of the file, for messages. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  /** `line 17`, for people. */
  placeOf(row: number): string;
  /** Of a column whose classes are numbered in the file but named elsewhere in it. */
  readonly classNames?: { readonly column: string; readonly names: readonly string[] };
  /** What was left out on the way, in sentences. */
  readonly notes: readonly string[];
}

export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** The first layer of a network has one input for each. */
export const maxColumns = 4096;
/** A quarter of a gigabyte as doubles. */
const maxCells = 2 ** 25;
/** A column with more distinct texts identifies its rows and does not generalize. */
const maxTexts = 10_000;

/** Missing cells as pandas, R and the UCI repository write them. */
const missing = new Set(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None', '?']);
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The value of a cell; NaN for a missing one. @param cell trimmed, where it is a text */
export function valueOf(cell: Cell): number | string {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'string') {
    if (decimal.test(cell)) return Number(cell);
    return missing.has(cell) ? NaN : cell;
  }
  if (cell === null || cell === undefined) return NaN;
  if (cell instanceof Date) return cell.getTime();
  return typeof cell === 'boolean' ? String(cell) : Number(cell);
}

/** Values of one column, which grows with the rows. */
class ColumnBuilder {
  readonly name: string;
  readonly #numbers: number[] = [];
  readonly #codes: number[] = [];
  readonly #places = new Map<string, number>();
  readonly #texts: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  put(row: number, value: number | string): void {
    fillTo(this.#numbers, row, NaN);
    if (typeof value === 'number') {
      this.#numbers.push(value);
    } else {
      fillTo(this.#codes, row, -1);
      this.#codes.push(this.#placeOf(value));
    }
  }

  finish(rows: number): TableColumn {
    fillTo(this.#numbers, rows, NaN);
    if (this.#codes.length > 0) fillTo(this.#codes, rows, -1);
    return {
      name: this.name,
      numbers: new Float64Array(this.#numbers),
      codes: new Int32Array(this.#codes),
      texts: this.#texts,
    };
  }

  #placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    // All texts beyond the limit share the last place: the column is rejected when it is used.
    if (this.#texts.length > maxTexts) return maxTexts;
    this.#places.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }
}

/** Makes a list at least so long. */
function fillTo(list: number[], length: number, value: number): void {
  while (list.length < length) list.push(value);
}

/** Collects rows as a reader finds them. */
export class TableBuilder {
  readonly #name: string;
  readonly #columns: ColumnBuilder[] = [];
  readonly #places = new Map<string, number>();
  readonly #lines: number[] = [];
  readonly #word: string;
  readonly notes: string[] = [];
  classNames?: Table['classNames'];

  /** @param word what a row is called in messages: `line`, `row` */
  constructor(name: string, word: 'line' | 'row') {
    this.#name = name;
    this.#word = word;
  }

  /** @throws InputError for too many columns or two of one name */
  addColumn(name: string): void {
    if (this.#places.has(name)) {
      throw new InputError(`${this.#name} has two columns ${quoted(name)}; column names must be unique.`);
    }
    if (this.#columns.length === maxColumns) {
      throw new InputError(`${this.#name} has more than ${maxColumns} columns, which is the maximum.`);
    }
    this.#places.set(name, this.#columns.length);
    this.#columns.push(new ColumnBuilder(name));
  }

  /** Which column has this name, counted from 0. */
  placeOf(name: string): number | undefined {
    return this.#places.get(name);
  }

  /**
   * @param cells in the order of the columns; those at the end may be left out
   * @param place of the row in its file, counted from 1
   * @throws InputError where the table gets too large
   */
  addRow(cells: readonly Cell[], place: number): void {
    const row = this.#lines.length;
    if ((row + 1) * this.#columns.length > maxCells) {
      throw new InputError(
        `${this.#name} has more than ${maxCells} cells, which is the maximum in memory; use fewer rows or columns.`,
      );
    }
    this.#lines.push(place);
    for (let i = 0; i < cells.length; i++) this.#columns[i].put(row, valueOf(cells[i]));
  }

  /** @throws InputError where there is no row */
  table(): Table {
    const lines = this.#lines;
    const rows = lines.length;
    if (rows === 0) throw new InputError(`${this.#name} has no rows: expected a table.`);
    return {
      name: this.#name,
      rows,
      columns: this.#columns.map((column) => column.finish(rows)),
      placeOf: (row) => `${this.#word} ${lines[row]}`,
      notes: this.notes,
      ...(this.classNames && { classNames: this.classNames }),
    };
  }
}

/** A name or cell as it is shown in a message. */
export const quoted = (text: string): string => JSON.stringify(sanitizeForTerminal(text, 40));

/** The value of a cell; NaN where it is missing. */
export const cellAt = ({ numbers, codes, texts }: TableColumn, row: number): number | string =>
  codes[row] >= 0 ? texts[codes[row]] : numbers[row];

/** The text of a cell, `undefined` where it is missing: categories and classes are texts. */
export function textAt(column: TableColumn, row: number): string | undefined {
  const value = cellAt(column, row);
  return Number.isNaN(value) ? undefined : String(value);
}

/** @throws InputError that lists the existing columns */
export function columnNamed({ name, columns }: Table, wanted: string, why: string): TableColumn {
  const found = columns.find((column) => column.name === wanted);
  if (found) return found;
  throw new InputError(`${name} has no column ${quoted(wanted)}, ${why}. It has: ${columnList(columns)}.`);
}

/** The first twenty names, for messages. */
export function columnList(columns: readonly TableColumn[]): string {
  const shown = columns.slice(0, 20).map((column) => quoted(column.name));
  const more = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : '';
  return shown.join(', ') + more;
}
