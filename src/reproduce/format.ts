/**
 * A report for people: one line for each printed number, then what was found and measured.
 */
import { plainTable } from './table.ts';
import { survivors } from './evidence.ts';
import { sabotageNames, sabotages } from './sabotage.ts';
import { cannotTell, totalLines } from './totals.ts';
import type { Interval } from './types.ts';
import type { Report, Row } from './types.ts';

export function formatReport(report: Report): string {
  return [
    formatRows(report.rows),
    ...missing(report.rows),
    ...findings(report),
    ...measurements(report),
    ...evidence(report),
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
    if (subject !== undefined && subject !== lastSubject) lines.push(`  ${subject}`);
    lastSubject = subject ?? '';
    const label = `${subject === undefined ? '' : '  '}${name}${kind === 'numpy' ? ' [by NumPy]' : ''}`;
    lines.push(
      count > 1 ? `  ${label}: ${count} numbers ${mark(first)}` : numbersLine(label, first, mark(first)),
    );
  }
  return lines.filter((line, i) => i > 0 || line !== '').join('\n');
}

/** What became of a row. A number that agrees is not reproduced where another of its run does not. */
const mark = (row: Row): string =>
  row.reproduced ? '✓' : cannotTell(row) ? '?' : row.consistent ? '✗ with its run' : '✗ DIFFERS';

function numbersLine(label: string, row: Row, verdict: string): string {
  const { printed, ours, digits, printedDigits, intervals } = row;
  const shown = intervals ? nearest(intervals, printed) : fitted(ours!);
  const numbers = columns('', fitted(printed), shown, `${intervals ? '' : digits}/${printedDigits}`);
  return label.length + 2 < labelWidth
    ? `  ${label}`.padEnd(labelWidth) + numbers.slice(labelWidth) + ` ${verdict}`
    : `  ${label}\n${numbers} ${verdict}`;
}

/** The interval next to a number, and how many others there are. */
function nearest(intervals: Interval[], x: number): string {
  const distance = ([low, high]: Interval): number => Math.max(low - x, x - high, 0);
  const [closest] = [...intervals].sort((a, b) => distance(a) - distance(b));
  if (closest === undefined) return 'no finite number';
  const others = intervals.length > 1 ? ` +${intervals.length - 1}` : '';
  const text = (digits: number): string => closest.map((end) => end.toPrecision(digits)).join(' … ') + others;
  return [4, 3].map(text).find((each) => each.length <= numberWidth) ?? text(2);
}

const columns = (label: string, printed: string, ours: string, digits: string): string =>
  `${label.padEnd(labelWidth)} ${printed.padStart(numberWidth)} ${ours.padStart(numberWidth)} ${digits.padStart(6)}`;

/** As many digits as the column has room for; `--json` has them all. */
function fitted(value: number): string {
  if (String(value).length <= numberWidth) return String(value);
  let digits = 16;
  while (value.toPrecision(digits).length > numberWidth) digits--;
  return value.toPrecision(digits);
}

/** Neighbouring rows of one group in one line, but for those that differ. */
function folded(rows: Row[]): { first: Row; count: number }[] {
  const lines: { first: Row; count: number }[] = [];
  for (const row of rows) {
    const last = lines.at(-1);
    const together =
      row.group !== undefined &&
      last?.first.group === row.group &&
      last.first.document === row.document &&
      last.first.kind === row.kind &&
      mark(last.first) === mark(row) &&
      !mark(row).startsWith('✗');
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

/** What the intervals of document 000 are worth. */
function evidence({ rows }: Report): string[] {
  if (!rows.some(({ kind }) => kind === 'within-spread')) return [];
  const { counting, under } = survivors();
  const head = ['a mistake planted in its training', `still reproduced of ${counting}`];
  const cells = sabotageNames.map((name) => [sabotages[name].title, String(under[name])]);
  return [
    "Document 000's numbers count where each of five mistakes would be noticed:",
    plainTable({ head, rows: cells }, 1),
  ];
}
