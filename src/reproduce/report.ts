/**
 * What a reproduction reports, as data, as text and as plots, and how many of its numbers agree.
 */
import { join } from 'node:path';
import { writeFileAtomically } from '../node/files.ts';
import type { Chart } from '../reports/pictures/chart.ts';
import { left, right, tableText } from '../utils/text.ts';

export const documentNames = ['000', '001', '003', '004', 'microgpt', 'makemore'] as const;
export type DocumentName = (typeof documentNames)[number];

/** One printed number beside ours. */
export type Row = ComparedRow | RandomRow;

interface PrintedNumber {
  document: DocumentName;
  /** What the number is, in words. */
  item: string;
  printed: number;
  /** Significant digits that were printed; 1 of a printed 0. */
  printedDigits: number;
}

/** The document's own number, or what NumPy prints for the same program, compared digit by digit. */
export interface ComparedRow extends PrintedNumber {
  kind: 'exact' | 'numpy';
  /** As computed in this run; null where the data is unavailable. */
  ours: number | null;
  /** Significant digits that agree, at most as many as were printed. */
  digits: number | null;
  reproduced: boolean;
  /** Which data is missing and why; such a row counts in no total. */
  needsData?: string;
  /** Where rounding decides the eighth digit: the range of runs of ours that differ in rounding alone. */
  rounding?: number;
  /** Rows of one group are shown as one line when all of them agree. */
  group?: string;
}

/** A number of document 000, whose data was drawn without a seed, beside ours over eight seeds; counts in no total. */
export interface RandomRow extends PrintedNumber {
  kind: 'random';
  /** The median. */
  ours: number;
  /** Significant digits in which the median agrees. */
  digits: number;
  median: number;
  range: [low: number, high: number];
  reproduced?: never;
  needsData?: never;
  group?: never;
}

/** A statement of a document, in words, that a run can confirm. Shown beside the rows, not counted among them. */
export interface Finding {
  document: DocumentName;
  text: string;
  holds: boolean;
}

/** Time taken here, in milliseconds, beside the document's own, which no other machine repeats: shown, not judged. */
export interface Measurement {
  document: DocumentName;
  item: string;
  printed?: number;
  /** By scalar loops and by one tensor operation. */
  loops: number;
  tensors: number;
}

/** A plot of the document, drawn anew. */
export interface Plot extends Chart {
  document: DocumentName;
  /** File name without extension. */
  name: string;
}

export interface Report {
  rows: Row[];
  findings: Finding[];
  measurements: Measurement[];
  plots: Plot[];
}

export function joinReports(reports: Partial<Report>[]): Report {
  return {
    rows: reports.flatMap(({ rows = [] }) => rows),
    findings: reports.flatMap(({ findings = [] }) => findings),
    measurements: reports.flatMap(({ measurements = [] }) => measurements),
    plots: reports.flatMap(({ plots = [] }) => plots),
  };
}

export interface Totals {
  reproduced: number;
  total: number;
}

/** Rows of kind random and rows without data do not count. */
const counted = (rows: Row[]): ComparedRow[] =>
  rows.filter((row): row is ComparedRow => row.kind !== 'random' && row.needsData === undefined);

export function totals(rows: Row[]): Totals {
  const all = counted(rows);
  return { reproduced: all.filter(({ reproduced }) => reproduced).length, total: all.length };
}

/** Every number that counts is reproduced, and every finding holds. */
export function isReproduced({ rows, findings }: Pick<Report, 'rows' | 'findings'>): boolean {
  const { reproduced, total } = totals(rows);
  return reproduced === total && findings.every(({ holds }) => holds);
}

/** The last lines of a report: what was compared with what. */
export function totalLines(rows: Row[]): string[] {
  const ofKind = (kind: Row['kind']): Row[] => rows.filter((row) => row.kind === kind);
  const [exact, numpy] = [counted(ofKind('exact')), counted(ofKind('numpy'))];
  const random = ofKind('random').length;
  const few = exact.filter(({ printedDigits }) => printedDigits < 3).length;
  const line = (some: Row[], name: string): string[] => {
    const { reproduced, total } = totals(some);
    return total > 0 ? [`${name}: ${reproduced} of ${total}`] : [];
  };
  const { reproduced, total } = totals(rows);
  return [
    ...line(exact, "digit by digit, the documents' own numbers").map(
      (text) => text + (few > 0 ? ` (${few} of 1 or 2 digits)` : ''),
    ),
    ...line(numpy, "digit by digit, NumPy's numbers for the same programs"),
    ...(random > 0 ? [`random data, beside the range of ours, not counted: ${random} numbers`] : []),
    `reproduced ${reproduced} of ${total}`,
  ];
}

/** Each plot of a report as an .svg and a .png file in an existing directory. */
export async function savePlots({ plots }: Pick<Report, 'plots'>, directory: string): Promise<void> {
  const { drawCharts } = await import('../reports/pictures/line-chart.ts');
  const { toPng } = await import('../reports/pictures/echarts.ts');
  for (const plot of plots) {
    const svg = await drawCharts(plot.title, [plot]);
    await writeFileAtomically(join(directory, `${plot.name}.svg`), svg);
    await writeFileAtomically(join(directory, `${plot.name}.png`), await toPng(svg));
  }
}

/** A report as text: one line for each printed number, then findings and measurements. */
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

/** A table of 80 columns; the subject that several numbers share stands once above them. */
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
  return `${labeled(label, numbers)} ${mark(row)}`;
}

function randomLine(label: string, { printed, median, range }: RandomRow): string {
  const [middle, low, high] = [median, ...range].map((x) => x.toPrecision(4));
  const numbers = `${columns('', fitted(printed), '', '').trimEnd()} ${`${middle} [${low}, ${high}]`.padStart(numberWidth + 7)}`;
  return labeled(label, numbers);
}

/** A label in the first column of a line of numbers, or on a line above it where it is too long. */
const labeled = (label: string, numbers: string): string =>
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
    const isSame = (key: 'kind' | 'group' | 'document') => last?.first[key] === row[key];
    const isGroup = row.group !== undefined && isSame('kind') && isSame('group') && isSame('document');
    if (last && isGroup && last.first.reproduced && row.reproduced) last.count++;
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
  const text = (value?: number): string => value?.toPrecision(3) ?? '';
  const columns = [...left('milliseconds'), ...right('the document', 'loops here', 'tensors here')];
  const rows = measurements.map(({ item, printed, loops, tensors }) => [
    item,
    ...[printed, loops, tensors].map(text),
  ]);
  return ['Measured, not judged:', tableText(columns, rows)];
}
