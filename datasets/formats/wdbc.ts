/** What the Wisconsin table holds, wherever its rows are from. */
import { type CsvLine, expectColumns, parseCsv, parseNumber, quote } from '../../src/data/formats/csv.ts';
import { InputError } from '../../src/utils/errors.ts';

/** Measurements of one tumour. */
export const wdbcFeatures = 30;
/** Names of the labels 0 and 1. */
export const wdbcClasses = ['malignant', 'benign'];

export interface Table {
  /** `[rows, 30]`, row-major. */
  readonly inputs: Float64Array;
  /** `[rows]`, 0 malignant, 1 benign. */
  readonly labels: Uint8Array;
  /** `[rows]`, the line of the file on which each begins, counted from 1; a table that was drawn has none. */
  readonly lines?: Int32Array;
}

/** Both parts of both splits need rows of both classes. */
const minRowsPerClass = 10;

/**
 * @param name The file, for messages.
 * @param layout `csv` is scikit-learn's: a line `569,30,malignant,benign`, then 30 values and the label 0 or 1 per
 *   line. `wdbc` is UCI's: number of the patient, M or B, 30 values per line.
 * @throws InputError naming line and column of what is wrong.
 */
export function parseWdbc(bytes: Uint8Array, name: string, layout: 'csv' | 'wdbc'): Table {
  const lines = parseCsv(bytes, name);
  const rows = layout === 'csv' ? lines.slice(1) : lines;
  if (layout === 'csv') checkHeader(lines[0], rows.length, name);
  const { columns, firstValue, label } = layouts[layout];
  const inputs = new Float64Array(rows.length * wdbcFeatures);
  const labels = new Uint8Array(rows.length);
  const seen = new Map<string, number>();
  rows.forEach((row, i) => {
    expectColumns(row, columns, name);
    labels[i] = label(row, name);
    for (let feature = 0; feature < wdbcFeatures; feature++) {
      inputs[i * wdbcFeatures + feature] = parseNumber(row, firstValue + feature, name);
    }
    // A row that occurs twice could stand in training and test at once.
    const values = inputs.subarray(i * wdbcFeatures, (i + 1) * wdbcFeatures).join();
    const earlier = seen.get(values);
    if (earlier !== undefined) {
      throw new InputError(`${name}, line ${row.line}: the same values as in line ${earlier}`);
    }
    seen.set(values, row.line);
  });
  wdbcClasses.forEach((className, k) => {
    const count = labels.filter((value) => value === k).length;
    if (count < minRowsPerClass) {
      throw new InputError(`${name}: ${count} rows are ${className}, at least ${minRowsPerClass} are needed`);
    }
  });
  return { inputs, labels, lines: Int32Array.from(rows, ({ line }) => line) };
}

const layouts = {
  csv: { columns: wdbcFeatures + 1, firstValue: 0, label: (row: CsvLine, name: string) => digit(row, name) },
  wdbc: {
    columns: wdbcFeatures + 2,
    firstValue: 2,
    label: (row: CsvLine, name: string) => letter(row, name),
  },
};

function digit({ line, cells }: CsvLine, name: string): number {
  const cell = cells[wdbcFeatures];
  if (cell === '0' || cell === '1') return Number(cell);
  throw unknownLabel(name, line, wdbcFeatures, cell, '0 (malignant) or 1 (benign)');
}

function letter({ line, cells }: CsvLine, name: string): number {
  if (cells[1] === 'M' || cells[1] === 'B') return cells[1] === 'M' ? 0 : 1;
  throw unknownLabel(name, line, 1, cells[1], 'M (malignant) or B (benign)');
}

function unknownLabel(name: string, line: number, column: number, cell: string, expected: string) {
  const problem = cell === '' ? 'the label is missing' : `unknown label ${quote(cell)}`;
  return new InputError(`${name}, line ${line}, column ${column + 1}: ${problem}, expected ${expected}`);
}

function checkHeader({ line, cells }: CsvLine, rows: number, name: string): void {
  const expected = [String(rows), String(wdbcFeatures), ...wdbcClasses];
  if (cells.length !== expected.length || !expected.every((cell, i) => i === 0 || cells[i] === cell)) {
    throw new InputError(
      `${name}, line ${line}: the first line is ${quote(cells.join())}, ` +
        `expected the number of rows, then ${expected.slice(1).join()}`,
    );
  }
  if (cells[0] !== expected[0]) {
    throw new InputError(`${name}, line ${line}: it announces ${quote(cells[0])} rows, ${rows} follow`);
  }
}
