/** CSV and TSV files: tables, lines of numbers with errors that name line and column, and text to write. */
import { CsvError, parse } from 'csv-parse/sync';
import { InputError } from '../../utils/errors.ts';
import { type Decimal, missingTexts, numberIn } from '../table/cells.ts';
import { quoted, type Table, TableBuilder } from '../table/table.ts';

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
 * @throws InputError where quotes are unbalanced, a line is absurdly long, the text is not UTF-8 or is empty.
 */
export function parseCsv(bytes: Uint8Array, name: string, delimiter: ',' | '\t' = ','): CsvLine[] {
  const lines: CsvLine[] = [];
  eachRecord(bytes, name, { delimiter, longest: maxLineLength }, (line) => lines.push(line));
  return lines;
}

interface LineOptions {
  delimiter: ',' | ';' | '\t';
  /** Characters of a line. */
  longest: number;
}

type Visit = (line: CsvLine) => void;

/**
 * Calls `visit` with every line of a table.
 *
 * @throws InputError as {@link parseCsv}
 */
function eachRecord(bytes: Uint8Array, name: string, options: LineOptions, visit: Visit): void {
  const text = textOf(bytes, name);
  let records = 0;
  const each = text.includes('"') ? eachQuoted : eachUnquoted;
  each(text, name, options, (line) => {
    records++;
    visit(line);
  });
  if (records === 0) throw new InputError(`${name}: the file is empty, expected a table`);
}

/** Does what csv-parse does where no cell is quoted, in a third of its time. */
function eachUnquoted(text: string, name: string, { delimiter, longest }: LineOptions, visit: Visit): void {
  const lineEnd = /\r\n?|\n|$/g;
  for (let start = 0, line = 1; start < text.length; start = lineEnd.lastIndex, line++) {
    lineEnd.lastIndex = start;
    const end = lineEnd.exec(text)!.index;
    if (end - start > longest) throw notCsv(name, line, 'CSV_MAX_RECORD_SIZE', longest);
    const cells = text.slice(start, end).split(delimiter);
    for (let i = 0; i < cells.length; i++) cells[i] = cells[i].trim();
    if (cells.length > 1 || cells[0] !== '') visit({ line, cells });
  }
}

function eachQuoted(text: string, name: string, { delimiter, longest }: LineOptions, visit: Visit): void {
  let records = 0;
  try {
    parse(text, {
      delimiter,
      bom: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      // A file may mix them.
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: longest,
      on_record: (cells: string[], { lines: line }) => {
        records++;
        visit({ line, cells });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw notCsv(name, typeof error.lines === 'number' ? error.lines : records + 1, error.code, longest);
  }
}

function notCsv(name: string, line: number, code: CsvError['code'], longest: number): InputError {
  const reason =
    code === 'CSV_MAX_RECORD_SIZE'
      ? `the line is longer than ${longest} characters`
      : code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quote is opened and never closed'
        : 'a quote stands in the wrong place';
  return new InputError(`${name}, line ${line}: this is not CSV (${reason})`);
}

/** @throws InputError unless the bytes are UTF-8 */
export function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${name}: this is not a text file in UTF-8`);
  }
}

/** Characters in a record of a table: 4096 columns of 20 characters, and space for texts. */
const maxRecordLength = 1_000_000;

/** How the cells of a text file are to be read. */
export interface CsvOptions {
  /** Default: a point. With a comma, semicolons between columns are read too. */
  decimal?: Decimal;
  /** Whether the first line names the columns; default: decided from all rows. */
  header?: boolean;
}

/**
 * A table of CSV or TSV. Columns without names are called 1, 2, …
 *
 * @throws InputError as {@link parseCsv}, if a record has too few or too many cells, and if it is not clear what the first line is
 */
export function readCsvTable(
  bytes: Uint8Array,
  name: string,
  delimiter: ',' | '\t',
  { decimal, header }: CsvOptions = {},
): Table {
  const builder = new TableBuilder(name, { word: 'line', decimal });
  const hasSemicolons = decimal === ',' && delimiter === ',' && /^[^\n\r]*;/.test(textStart(bytes));
  let first: CsvLine | undefined;
  let second: CsvLine | undefined;
  const addColumns = ({ cells }: CsvLine): void => cells.forEach((_, i) => builder.addColumn(String(i + 1)));
  eachRecord(
    bytes,
    name,
    { delimiter: hasSemicolons ? ';' : delimiter, longest: maxRecordLength },
    (record) => {
      if (!first) {
        first = record;
        checkFirst(record, name, hasSemicolons ? ';' : delimiter);
        return;
      }
      if (!second) addColumns((second = record));
      const { length } = record.cells;
      if (length !== second.cells.length) {
        const width = first.cells.length;
        throw unequal(
          first,
          length === width ? second : record,
          second.cells.length === width || length === width ? first : second,
          name,
        );
      }
      builder.addRow(record.cells, record.line);
    },
  );
  if (!second) addColumns(first!);
  nameColumns(builder, first!, second ?? first!, name, header);
  return builder.table();
}

const textStart = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, 10_000));

const separators = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };

/** @throws InputError if the first line shows that something else than the delimiter stands between columns */
function checkFirst({ cells, line }: CsvLine, name: string, delimiter: ',' | ';' | '\t'): void {
  const where = `${name}, line ${line}`;
  if (/^sep=/i.test(cells[0])) {
    throw new InputError(
      `${where}: ${quoted(cells.join(delimiter))} is an instruction for Excel; remove the line.`,
    );
  }
  const isSplit = (mark: string) =>
    mark !== delimiter &&
    (cells.length === 1
      ? cells[0].includes(mark)
      : mark === ';' && cells.some((cell) => /^\d+;[-+]?\d+$/.test(cell)));
  const found = Object.entries(separators).find(([mark]) => isSplit(mark));
  if (!found || cells[0].startsWith('#')) return;
  const advice =
    found[0] === ';'
      ? 'replace them, or use --decimal , if its numbers have decimal commas'
      : 'a .csv file has commas between columns and a .tsv file tabs';
  throw new InputError(
    `${where}: there are ${found[1]} between the columns, expected ${separators[delimiter]}; ${advice}.`,
  );
}

/** Why a record has another number of cells than the others. @param other with the expected number */
function unequal(first: CsvLine, record: CsvLine, other: CsvLine, name: string): InputError {
  const comment = [first, record, other].find(({ cells }) => cells[0].startsWith('#'));
  if (comment) {
    return new InputError(
      `${name}, line ${comment.line}: ${quoted(comment.cells.join())} looks like a comment, which a table cannot contain; remove the line.`,
    );
  }
  return new InputError(
    `${name}, line ${record.line}: ${record.cells.length} columns, expected ${other.cells.length} as in ` +
      `${other === first ? 'the first line' : `line ${other.line}`}.`,
  );
}

/** Whether a cell is neither a number nor missing. */
const isText = (cell: string): boolean => Number.isNaN(numberIn(cell)) && !missingTexts.includes(cell.trim());

/**
 * Names the columns by the first line, or adds the line as a row.
 *
 * @throws InputError if the line does not fit the rows, or if it may be either
 */
function nameColumns(
  builder: TableBuilder,
  first: CsvLine,
  second: CsvLine,
  name: string,
  header: boolean | undefined,
): void {
  const { cells } = first;
  const width = second.cells.length;
  const kinds = builder.kinds();
  const isScikitLearn =
    header === undefined && fitsScikitLearn(cells, builder.rows, width, kinds.at(-1)!.isNumbers);
  if (isScikitLearn) {
    builder.rename([...Array.from({ length: width - 1 }, (_, i) => String(i + 1)), 'target']);
    builder.classNames = { column: 'target', names: cells.slice(2) };
    return;
  }
  if (cells.length !== width) throw unequalHeader(first, second, builder.rows, name);
  const { isHeader, why } = header === undefined ? decideHeader(first, builder, name) : { isHeader: header };
  if (isHeader) {
    const isIndexed = cells[0] === '' && width > 2;
    builder.rename(cells.map((cell, i) => (cell === '' && !(i === 0 && isIndexed) ? String(i + 1) : cell)));
  } else {
    builder.prependRow(cells, first.line);
  }
  if (why !== undefined) {
    const [as, option] = isHeader
      ? ['the names of the columns', '--no-header']
      : ['a row of data', '--header'];
    builder.notes.push(`The first line of ${name} is read as ${as}, because ${why}; ${option} changes this.`);
  }
}

function unequalHeader(first: CsvLine, second: CsvLine, rows: number, name: string): InputError {
  const [names, width] = [first.cells.length, second.cells.length];
  const [ofRows, ofFeatures] = first.cells;
  if (/^\d+,\d+(?:,[^\d,][^,]*){2,}$/.test(first.cells.join())) {
    return new InputError(
      `${name}, line ${first.line}: the line says that ${ofRows} rows of ${ofFeatures} features follow, as scikit-learn writes it, ` +
        `but ${rows} rows of ${width} columns follow.`,
    );
  }
  if (names !== width - 1 || !first.cells.every(isText) || first.cells[0].startsWith('#'))
    return unequal(first, second, first, name);
  return new InputError(
    `${name}, line ${first.line}: ${names} names for ${width} columns; R writes such a file with the names of the rows: ` +
      'write it with row.names = FALSE.',
  );
}

/**
 * Whether the first line names the columns, from all rows. Where one could doubt it, `why` says the reason.
 *
 * @throws InputError if it has names and numbers
 */
function decideHeader(
  { cells, line }: CsvLine,
  builder: TableBuilder,
  name: string,
): { isHeader: boolean; why?: string } {
  const kinds = builder.kinds();
  const isAbove = (cell: string, i: number) => isText(cell) && kinds[i].isNumbers;
  if (cells.every((cell) => cell === '' || isText(cell))) {
    if (cells.every((cell) => cell === '')) return { isHeader: false, why: 'it is empty' };
    if (builder.rows === 0 || cells.some(isAbove)) return { isHeader: true };
    const texts = cells.filter(isText);
    const again = cells.filter((cell, i) => isText(cell) && kinds[i].has(cell));
    return again.length > texts.length / 2
      ? { isHeader: false, why: `${quoted(again[0])} stands in other lines of its column, too` }
      : { isHeader: true, why: 'its cells do not stand in other lines' };
  }
  if (isCounting(cells)) {
    const hasOthers = kinds.some(({ isNumbers, isIntegers }) => !isNumbers || !isIntegers);
    if (builder.rows > 0 && (cells[0] === '' || cells.length > 3 || (cells.length === 3 && hasOthers)))
      return { isHeader: true, why: 'it counts the columns' };
  }
  const [text, number] = [cells.find(isAbove), cells.find((cell) => !Number.isNaN(numberIn(cell)))];
  if (text !== undefined && number !== undefined) {
    throw new InputError(
      `${name}, line ${line}: ${quoted(text)} stands above numbers, but ${quoted(number)} is a number; ` +
        'say with --header that the line names the columns, or with --no-header that it is a row of data.',
    );
  }
  return { isHeader: false, why: 'it contains numbers or missing cells' };
}

/** 0, 1, 2, … or 1, 2, 3, …, after an empty cell for the index of the rows. */
function isCounting(cells: readonly string[]): boolean {
  const rest = cells[0] === '' ? cells.slice(1) : cells;
  return (
    rest.length > 1 &&
    ['0', '1'].includes(rest[0]) &&
    rest.every((cell, i) => cell === String(Number(rest[0]) + i))
  );
}

/**
 * Whether the first line is that of scikit-learn's own files, such as iris.csv: number of rows, number of features, then the
 * names of the classes, which the last column numbers.
 */
const fitsScikitLearn = (
  cells: readonly string[],
  rows: number,
  width: number,
  isNumbered: boolean,
): boolean =>
  rows > 0 &&
  isNumbered &&
  cells.length >= 4 &&
  cells[0] === String(rows) &&
  cells[1] === String(width - 1) &&
  cells.slice(2).every(isText);

/**
 * The number in one cell.
 *
 * @param column Counted from 0; messages count from 1.
 * @throws InputError where the cell is empty, is not a decimal number or is too large for a double.
 */
export function parseNumber(
  { line, cells }: CsvLine,
  column: number,
  name: string,
  decimal?: Decimal,
): number {
  const cell = cells[column];
  const value = numberIn(cell, decimal);
  if (Number.isFinite(value)) return value;
  const problem = cell === '' ? 'the value is missing' : `${quoted(cell)} is not a finite number`;
  throw new InputError(`${name}, line ${line}, column ${column + 1}: ${problem}`);
}

/**
 * Whether the first line of a table of numbers names its columns. It does if no cell of it begins like a
 * number, or if it counts more than three columns; a first row with a typing error is an invalid row and not a header.
 */
export const namesColumns = ({ cells }: CsvLine): boolean =>
  (cells.some((cell) => cell !== '') && !cells.some((cell) => /^[+-]?\.?\d/.test(cell))) ||
  (cells.length > 3 && isCounting(cells));

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
