/**
 * A table as it was read, whatever kind of file it was: columns by name, and where each row stands. A cell keeps its text beside
 * the number that it may be.
 */
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import { type Cell, type Decimal, losesDigits, readCell, textOf } from './cells.ts';

export interface TableColumn {
  readonly name: string;
  /** `[rows]`; NaN where the cell is a text or missing. */
  readonly numbers: Float64Array;
  /**
   * `[rows]`: places in `texts`, −1 where a cell is empty or its number has the text that JavaScript gives it; empty where all
   * cells are such.
   */
  readonly codes: Int32Array;
  /** As written. */
  readonly texts: readonly string[];
  /** Its name says that another program has numbered the rows: it is not an input. */
  readonly isIndex: boolean;
  /** The file stores texts, and some of them are not the number that they look like, such as `01`. */
  readonly isText: boolean;
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

/** The first layer of a network has one input for each. */
export const maxColumns = 4096;
/** A quarter of a gigabyte as doubles. */
const maxCells = 2 ** 25;
/** So many texts of a column are looked up, so that equal cells share one; those after them are only kept. */
const maxShared = 10_000;

/** Names that pandas and Arrow give to an index that they write into a file. */
const indexName = /^(?:Unnamed: 0(?:\.\d+)?|__index_level_\d+__)?$/;

/** Values of one column, which grows with the rows. */
class ColumnBuilder {
  name: string;
  readonly #numbers: number[] = [];
  readonly #codes: number[] = [];
  readonly #places = new Map<string, number>();
  readonly #texts: string[] = [];
  /** Whether all cells are strings. */
  #isStrings = true;
  /** Whether all cells that are not missing are numbers, and all of these whole ones. */
  #isNumbers = true;
  #isIntegers = true;

  constructor(name: string) {
    this.name = name;
  }

  put(row: number, cell: Cell, decimal: Decimal | undefined): void {
    const { number, text } = readCell(cell, decimal);
    if (typeof cell !== 'string' && cell !== null && cell !== undefined) this.#isStrings = false;
    fillTo(this.#numbers, row, NaN);
    this.#numbers.push(number);
    if (!Number.isNaN(number)) this.#isIntegers &&= Number.isInteger(number);
    else if (this.#isNumbers) this.#isNumbers = textOf({ number, text }) === undefined;
    if (text === undefined) return;
    fillTo(this.#codes, row, -1);
    this.#codes.push(this.#placeOf(text));
  }

  /** Puts a cell before all others. */
  prepend(cell: Cell, decimal: Decimal | undefined): void {
    const { number, text } = readCell(cell, decimal);
    this.#numbers.unshift(number);
    if (text !== undefined || this.#codes.length > 0)
      this.#codes.unshift(text === undefined ? -1 : this.#placeOf(text));
  }

  /** What the cells are so far; `has` says whether a text is among them. */
  kind(): { isNumbers: boolean; isIntegers: boolean; has(text: string): boolean } {
    const isNumbers = this.#isNumbers && this.#numbers.some((number) => !Number.isNaN(number));
    return { isNumbers, isIntegers: this.#isIntegers, has: (text) => this.#places.has(text) };
  }

  finish(rows: number, hasTypes: boolean): TableColumn {
    fillTo(this.#numbers, rows, NaN);
    if (this.#codes.length > 0) fillTo(this.#codes, rows, -1);
    return {
      name: this.name,
      numbers: new Float64Array(this.#numbers),
      codes: new Int32Array(this.#codes),
      texts: this.#texts,
      isIndex: indexName.test(this.name),
      isText: hasTypes && this.#isStrings && this.#texts.some((text) => losesDigits(text.trim())),
    };
  }

  #placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    if (this.#places.size < maxShared) this.#places.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }
}

/** Makes a list at least so long. */
function fillTo(list: number[], length: number, value: number): void {
  while (list.length < length) list.push(value);
}

/** How a reader's cells are to be taken. */
export interface CellOptions {
  /** What a row is called in messages. */
  word: 'line' | 'row';
  /** Of texts that are numbers; default: a point. */
  decimal?: Decimal;
  /** Whether the file tells texts from numbers. */
  hasTypes?: boolean;
}

/** Collects rows as a reader finds them. */
export class TableBuilder {
  readonly #name: string;
  readonly #columns: ColumnBuilder[] = [];
  readonly #places = new Map<string, number>();
  readonly #lines: number[] = [];
  readonly #options: CellOptions;
  readonly notes: string[] = [];
  classNames?: Table['classNames'];

  constructor(name: string, options: CellOptions) {
    this.#name = name;
    this.#options = options;
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

  /** @param names in the order of the columns @throws InputError for two of one name */
  rename(names: readonly string[]): void {
    const columns = this.#columns.splice(0);
    this.#places.clear();
    for (const name of names) this.addColumn(name);
    columns.forEach((column, i) => {
      column.name = names[i];
      this.#columns[i] = column;
    });
  }

  /** What the cells of every column are so far. */
  kinds(): ReturnType<ColumnBuilder['kind']>[] {
    return this.#columns.map((column) => column.kind());
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
    for (let i = 0; i < cells.length; i++) this.#columns[i].put(row, cells[i], this.#options.decimal);
  }

  /** A row before all others. */
  prependRow(cells: readonly Cell[], place: number): void {
    this.#lines.unshift(place);
    this.#columns.forEach((column, i) => column.prepend(cells[i], this.#options.decimal));
  }

  get rows(): number {
    return this.#lines.length;
  }

  /** @throws InputError for a table without rows */
  table(): Table {
    const lines = this.#lines;
    const { word, hasTypes = false } = this.#options;
    const rows = lines.length;
    if (rows === 0) throw new InputError(`${this.#name} has no rows: expected a table.`);
    return {
      name: this.#name,
      rows,
      columns: this.#columns.map((column) => column.finish(rows, hasTypes)),
      placeOf: (row) => `${word} ${lines[row]}`,
      notes: this.notes,
      ...(this.classNames && { classNames: this.classNames }),
    };
  }
}

/** A name or cell as it is shown in a message. */
export const quoted = (text: string): string => JSON.stringify(sanitizeForTerminal(text, 40));

/** A cell as the file has it; empty where there is nothing. */
export function writtenAt({ numbers, codes, texts }: TableColumn, row: number): string {
  if (codes[row] >= 0) return texts[codes[row]];
  return Number.isNaN(numbers[row]) ? '' : String(numbers[row]);
}

/** The text of a cell, `undefined` where it is missing: categories and classes are texts. */
export const textAt = ({ numbers, codes, texts }: TableColumn, row: number): string | undefined =>
  textOf({ number: numbers[row], text: texts[codes[row]] });

/** @throws InputError that lists the existing columns */
export function columnNamed({ name, columns }: Table, wanted: string, why: string): TableColumn {
  const found = columns.find((column) => column.name === wanted);
  if (found) return found;
  throw new InputError(`${name} has no column ${quoted(wanted)}, ${why}. It has: ${columnList(columns)}.`);
}

/** The first twenty names, for messages. */
export function columnList(all: readonly TableColumn[]): string {
  const columns = all.filter(({ name }) => name !== '');
  const shown = columns.slice(0, 20).map((column) => quoted(column.name));
  const more = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : '';
  return shown.join(', ') + more;
}
