/** CSV and TSV files: tables, lines of numbers with errors that name line and column, and text to write. */
import { CsvError, parse } from 'csv-parse/sync';
import { InputError } from '../../utils/errors.ts';
import { missingTexts, numberIn } from '../table/cells.ts';
import { maxColumns, quoted, type Table, TableBuilder } from '../table/table.ts';

export interface CsvLine {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** Trimmed. */
  readonly cells: readonly string[];
}

/** A record's longest sensible length; a file without line ends must not become one enormous record. */
const maxLineLength = 100_000;

/**
 * The lines of a table that are not empty.
 *
 * @param name The file, for messages.
 * @param delimiter What stands between columns.
 * @throws InputError where quotes are unbalanced, a line is absurdly long, the text is not UTF-8 or there is none.
 */
export function parseCsv(bytes: Uint8Array, name: string, delimiter: ',' | '\t' = ','): CsvLine[] {
  const lines: CsvLine[] = [];
  eachRecord(bytes, name, { delimiter, longest: maxLineLength }, (line) => lines.push(line));
  return lines;
}

/**
 * Calls `visit` with every line of a table.
 *
 * @param options.longest characters of a line
 * @throws InputError as {@link parseCsv}
 */
function eachRecord(
  bytes: Uint8Array,
  name: string,
  { delimiter, longest }: { delimiter: ',' | '\t'; longest: number },
  visit: (line: CsvLine) => void,
): void {
  const text = textOf(bytes, name);
  let records = 0;
  try {
    parse(text, {
      delimiter,
      bom: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longest,
      on_record: (cells: string[], { lines: line }) => {
        records++;
        visit({ line, cells });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : records + 1;
    throw new InputError(`${name}, line ${line}: this is not CSV (${reason(error, longest)})`);
  }
  if (records === 0) throw new InputError(`${name}: the file is empty, expected a table`);
}

/** @throws InputError unless the bytes are UTF-8 */
export function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${name}: this is not a text file in UTF-8`);
  }
}

function reason({ code }: CsvError, longest: number): string {
  if (code === 'CSV_MAX_RECORD_SIZE') return `the line is longer than ${longest} characters`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed';
  return 'a quote stands in the wrong place';
}

/** Characters in a record of a table: 4096 columns of 20 characters, and space for texts. */
const maxRecordLength = 1_000_000;

/**
 * A table of CSV or TSV. The first record names the columns if none of its cells is a number; otherwise they are called
 * 1, 2, …
 *
 * @throws InputError as {@link parseCsv}, and if a record has too few or too many cells
 */
export function readCsvTable(bytes: Uint8Array, name: string, delimiter: ',' | '\t'): Table {
  const builder = new TableBuilder(name, { word: 'line' });
  let header: Header | undefined;
  eachRecord(bytes, name, { delimiter, longest: maxRecordLength }, ({ cells, line }) => {
    if (!header) {
      header = headerOf(cells);
      const names = header.hasIndex ? header.columns.slice(1) : header.columns;
      names.forEach((column) => builder.addColumn(column));
      if (header.classNames) builder.classNames = { column: 'target', names: header.classNames };
      if (header.hasIndex)
        builder.notes.push(
          `The first column of ${name} has no name and is ignored: it looks like an index of the rows.`,
        );
      if (!header.isData) return;
    }
    const { columns, hasIndex } = header;
    if (cells.length !== columns.length) {
      throw new InputError(
        `${name}, line ${line}: ${cells.length} columns, expected ${columns.length} as in the first line.`,
      );
    }
    builder.addRow(hasIndex ? cells.slice(1) : cells, line);
  });
  return builder.table();
}

/** Whether a cell is neither a number nor missing. */
const isText = (cell: string): boolean => Number.isNaN(numberIn(cell)) && !missingTexts.includes(cell.trim());

interface Header {
  columns: string[];
  classNames?: string[];
  /** The first column has no name: another program has numbered the rows. */
  hasIndex: boolean;
  /** The first record is a row and not a header. */
  isData: boolean;
}

/** @param cells of the first record */
function headerOf(cells: readonly string[]): Header {
  const isHeader = cells.some((cell) => cell !== '') && !cells.some((cell) => !isText(cell) && cell !== '');
  const columns = cells.map((cell, i) => (isHeader && cell !== '' ? cell : String(i + 1)));
  const hasIndex = isHeader && cells[0] === '' && cells.length > 2;
  return { columns, hasIndex, isData: !isHeader, ...(isHeader ? {} : scikitLearnHeader(cells)) };
}

/**
 * The first line of scikit-learn's own files, such as iris.csv: number of rows, number of features, then the names of the
 * classes, which the last column numbers.
 */
function scikitLearnHeader(cells: readonly string[]): Partial<Header> | undefined {
  const [rows, features] = cells.slice(0, 2).map(Number);
  const classNames = cells.slice(2);
  const fits =
    Number.isInteger(rows) &&
    Number.isInteger(features) &&
    features > 0 &&
    features <= maxColumns &&
    classNames.length >= 2 &&
    classNames.every(isText);
  if (!fits) return undefined;
  const columns = [...Array.from({ length: features }, (_, i) => String(i + 1)), 'target'];
  return { columns, classNames, isData: false };
}

/**
 * The number in one cell.
 *
 * @param column Counted from 0; messages count from 1.
 * @throws InputError where the cell is empty, is not a decimal number or is too large for a double.
 */
export function parseNumber({ line, cells }: CsvLine, column: number, name: string): number {
  const cell = cells[column];
  const value = numberIn(cell);
  if (Number.isFinite(value)) return value;
  const problem = cell === '' ? 'the value is missing' : `${quoted(cell)} is not a finite number`;
  throw new InputError(`${name}, line ${line}, column ${column + 1}: ${problem}`);
}

/**
 * Whether the first line of a table of numbers names its columns. It does if no cell of it begins like a
 * number; a first row with a typing error is an invalid row and not a header.
 */
export const namesColumns = ({ cells }: CsvLine): boolean =>
  cells.some((cell) => cell !== '') && !cells.some((cell) => /^[+-]?\.?\d/.test(cell));

/** One field of a line. */
export type CsvField = string | number | undefined | { readonly unchanged: string };

/** A text of the user's own file, which is written as it is, even if it looks like a formula. */
export const unchanged = (text: string): CsvField => ({ unchanged: text });

/** RFC 4180, with `\n` ends of line. A text that a spreadsheet would take for a formula is kept a text. */
export const csvText = (lines: CsvField[][]): string =>
  lines.map((line) => `${line.map(field).join()}\n`).join('');

function field(value: CsvField): string {
  if (value === undefined || typeof value === 'number') return String(value ?? '');
  const text =
    typeof value === 'object' ? value.unchanged : /^[=+@]|^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
