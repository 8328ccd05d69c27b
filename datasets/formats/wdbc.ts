/** The two file formats of the Wisconsin breast cancer table. */
import type { Examples } from '../../src/data/dataset.ts';
import { type CsvLine, parseCsv, parseNumber } from '../../src/data/formats/csv.ts';
import { quoted } from '../../src/data/table/table.ts';
import { InputError } from '../../src/utils/errors.ts';
import { wdbcClasses } from '../breast-cancer-rows.ts';

/** Measurements of one tumour. */
export const wdbcFeatures = 30;

/** Both parts of both splits need rows of both classes. */
const minRowsPerClass = 10;

/**
 * @param name the file, for messages
 * @param file what the origin of a row calls it
 * @param layout `csv` is scikit-learn's: a line `569,30,malignant,benign`, then 30 values and the label 0 or 1 per
 *   line. `wdbc` is UCI's: number of the patient, M or B, 30 values per line.
 * @throws InputError naming line and column of what is wrong.
 */
export function parseWdbc(bytes: Uint8Array, name: string, layout: 'csv' | 'wdbc', file = name): Examples {
  const lines = parseCsv(bytes, name);
  const rows = layout === 'csv' ? lines.slice(1) : lines;
  if (layout === 'csv') checkHeader(lines[0], rows.length, name);
  const { columns, firstValue } = layouts[layout];
  const inputs = new Float64Array(rows.length * wdbcFeatures);
  const labels = new Uint8Array(rows.length);
  const seen = new Map<string, number>();
  rows.forEach((row, i) => {
    if (row.cells.length !== columns) {
      throw new InputError(`${name}, line ${row.line}: ${row.cells.length} columns, expected ${columns}`);
    }
    labels[i] = labelOf(row, layout, name);
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
  const origin = (row: number) => ({ file, place: `line ${rows[row].line}` });
  return { rows: rows.length, features: wdbcFeatures, inputs, divisor: 1, labels, origin };
}

const layouts = {
  csv: {
    columns: wdbcFeatures + 1,
    firstValue: 0,
    labelAt: wdbcFeatures,
    labels: ['0', '1'],
    expected: '0 (malignant) or 1 (benign)',
  },
  wdbc: {
    columns: wdbcFeatures + 2,
    firstValue: 2,
    labelAt: 1,
    labels: ['M', 'B'],
    expected: 'M (malignant) or B (benign)',
  },
};

function labelOf({ line, cells }: CsvLine, layout: keyof typeof layouts, name: string): number {
  const { labelAt, labels, expected } = layouts[layout];
  const cell = cells[labelAt];
  const label = labels.indexOf(cell);
  if (label >= 0) return label;
  const problem = cell === '' ? 'the label is missing' : `unknown label ${quoted(cell)}`;
  throw new InputError(`${name}, line ${line}, column ${labelAt + 1}: ${problem}, expected ${expected}`);
}

function checkHeader({ line, cells }: CsvLine, rows: number, name: string): void {
  const expected = [String(rows), String(wdbcFeatures), ...wdbcClasses];
  if (cells.length !== expected.length || !expected.every((cell, i) => i === 0 || cells[i] === cell)) {
    throw new InputError(
      `${name}, line ${line}: the first line is ${quoted(cells.join())}, ` +
        `expected the number of rows, then ${expected.slice(1).join()}`,
    );
  }
  if (cells[0] !== expected[0]) {
    throw new InputError(`${name}, line ${line}: it announces ${quoted(cells[0])} rows, ${rows} follow`);
  }
}
