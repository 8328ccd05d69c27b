import type { Examples } from '../../src/data/dataset.ts';

const row = ({ inputs }: Examples, i: number) =>
  (inputs as Float64Array).subarray(i * 30, (i + 1) * 30).join();

/** A table as scikit-learn stores it. */
export function asCsv(table: Examples, rows = table.labels.length): string {
  const lines = Array.from({ length: rows }, (_, i) => `${row(table, i)},${table.labels[i]}\n`);
  return `${rows},30,malignant,benign\n${lines.join('')}`;
}

/** A table as UCI stores it. */
export function asWdbc(table: Examples, rows = table.labels.length): string {
  return Array.from(
    { length: rows },
    (_, i) => `${8_000_000 + i},${table.labels[i] === 0 ? 'M' : 'B'},${row(table, i)}\n`,
  ).join('');
}
