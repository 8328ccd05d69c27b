/**
 * A report for people: one line for each printed number, then what was found and measured.
 */
import { type ComparedRow, type RandomRow, type Report, type Row, totalLines } from './report.ts';

export function formatReport(report: Report): string {
  return [
    formatRows(report.rows),
    ...missing(report.rows),
    ...findings(report),
    ...measurements(report),
    ...totalLines(report.rows),
  ].join('\n');
}

const labelWidth = 33;
const numberWidth = 18;

/** A table without lines, of 80 columns: what numbers belong to stands once above them. */
function formatRows(rows: Row[]): string {
  const lines: string[] = [];
  let [lastDocument, lastSubject] = ['', ''];
  for (const { first, count } of folded(rows.filter(({ needsData }) => needsData === undefined))) {
    const { document, kind, item, group } = first;
    if (document !== lastDocument) {
      lines.push(lastDocument && '', columns(`document ${document}`, 'printed', 'ours', 'digits'));
      [lastDocument, lastSubject] = [document, ''];
    }
    const shown = count > 1 ? group! : item;
    const [, subject, name] = /^(?:(.+): )?([^:]+)$/.exec(shown) ?? [undefined, undefined, shown];
    if (subject !== undefined && subject !== lastSubject) {
      lines.push(`  ${subject}${kind === 'random' ? ': median [range] of 8 seeds' : ''}`);
    }
    lastSubject = subject ?? '';
    const label = `  ${subject === undefined ? '' : '  '}${name}${kind === 'numpy' ? ' [by NumPy]' : ''}`;
    if (count > 1) lines.push(`${label}: ${count} numbers ✓`);
    else lines.push(first.kind === 'random' ? randomLine(label, first) : comparedLine(label, first));
  }
  return lines.filter((line, i) => i > 0 || line !== '').join('\n');
}

const mark = ({ reproduced }: ComparedRow): string => (reproduced ? '✓' : '✗ DIFFERS');

function comparedLine(label: string, row: ComparedRow): string {
  const { printed, ours, digits, printedDigits } = row;
  const numbers = columns('', fitted(printed), fitted(ours!), `${digits}/${printedDigits}`);
  return `${labelled(label, numbers)} ${mark(row)}`;
}

function randomLine(label: string, { printed, median, range }: RandomRow): string {
  const [middle, low, high] = [median, ...range].map((x) => x.toPrecision(4));
  const numbers = `${columns('', fitted(printed), '', '').trimEnd()} ${`${middle} [${low}, ${high}]`.padStart(numberWidth + 7)}`;
  return labelled(label, numbers);
}

/** A label in the first column of a line of numbers, or on a line above it where it is too long. */
const labelled = (label: string, numbers: string): string =>
  label.length < labelWidth ? label.padEnd(labelWidth) + numbers.slice(labelWidth) : `${label}\n${numbers}`;

const columns = (label: string, printed: string, ours: string, digits: string): string =>
  `${label.padEnd(labelWidth)} ${printed.padStart(numberWidth)} ${ours.padStart(numberWidth)} ${digits.padStart(6)}`;

/** As many digits as the column has room for; `--json` has them all. */
function fitted(value: number): string {
  if (String(value).length <= numberWidth) return String(value);
  let digits = 16;
  while (value.toPrecision(digits).length > numberWidth) digits--;
  return value.toPrecision(digits);
}

/** Adjacent rows of one group that are reproduced, in one line. */
function folded(rows: Row[]): { first: Row; count: number }[] {
  const lines: { first: Row; count: number }[] = [];
  for (const row of rows) {
    const last = lines.at(-1);
    const together =
      row.group !== undefined &&
      last?.first.kind === row.kind &&
      last.first.group === row.group &&
      last.first.document === row.document &&
      last.first.reproduced &&
      row.reproduced;
    if (together) last.count++;
    else lines.push({ first: row, count: 1 });
  }
  return lines;
}

function missing(rows: Row[]): string[] {
  const counts = new Map<string, number>();
  for (const { document, needsData } of rows) {
    if (needsData === undefined) continue;
    const what = `document ${document} needs data: ${needsData}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return Array.from(counts, ([what, count]) => `${what} (${count} numbers)`);
}

const findings = ({ findings }: Report): string[] =>
  findings.map(
    ({ document, text, holds }) => `document ${document}: ${text}${holds ? '' : ' THIS DOES NOT HOLD.'}`,
  );

function measurements({ measurements }: Report): string[] {
  if (measurements.length === 0) return [];
  const text = (value?: number): string => (value === undefined ? '' : value.toPrecision(3));
  const head = ['milliseconds', 'the document', 'loops here', 'tensors here'];
  const rows = measurements.map(({ item, printed, loops, tensors }) => [
    item,
    ...[printed, loops, tensors].map(text),
  ]);
  return ['Measured, not judged:', plainTable({ head, rows }, 1)];
}

/** A table of plain text. */
export interface Table {
  head: string[];
  rows: string[][];
}

/** Columns padded by spaces: the first `left` of them to the left, the others to the right. */
export function plainTable({ head, rows }: Table, left: number): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
