/**
 * A report for people: one line for each printed number, then what was found and measured.
 */
import Table from 'cli-table3';
import type { Report, Row } from './types.ts';

/** How many of the rows whose data is at hand are reproduced. */
export function totals(rows: Row[]): { reproduced: number; total: number } {
  const judged = rows.filter(({ needsData }) => needsData === undefined);
  return { reproduced: judged.filter(({ reproduced }) => reproduced).length, total: judged.length };
}

export function formatReport(report: Report): string {
  const { reproduced, total } = totals(report.rows);
  return [
    formatRows(report.rows),
    ...missing(report.rows),
    ...findings(report),
    ...measurements(report),
    `reproduced ${reproduced} of ${total}`,
  ].join('\n');
}

const plain = { head: [], border: [], compact: true };

const labelWidth = 33;
const numberWidth = 18;

/** A table without lines, of 80 columns: what numbers belong to stands once above them. */
function formatRows(rows: Row[]): string {
  const lines: string[] = [];
  let [lastDocument, lastSubject] = ['', ''];
  for (const { first, count } of folded(rows.filter(({ needsData }) => needsData === undefined))) {
    const { document, source, reproduced } = first;
    if (document !== lastDocument) {
      lines.push(lastDocument && '', columns(`document ${document}`, 'printed', 'ours', 'digits'));
      [lastDocument, lastSubject] = [document, ''];
    }
    const verdict = reproduced ? '✓' : '✗ DIFFERS';
    if (count > 1) {
      lines.push(`  ${first.group!}: ${count} numbers${bySource(source)} ${verdict}`);
      continue;
    }
    const [, subject, item] = /^(?:(.+): )?([^:]+)$/.exec(first.item) ?? [undefined, undefined, first.item];
    if (subject !== undefined && subject !== lastSubject) lines.push(`  ${subject}`);
    lastSubject = subject ?? '';
    lines.push(numbersLine(`${subject === undefined ? '' : '  '}${item}${bySource(source)}`, first, verdict));
  }
  return lines.filter((line, i) => i > 0 || line !== '').join('\n');
}

function numbersLine(label: string, { printed, ours, digits, interval }: Row, verdict: string): string {
  const shown = interval ? `${interval[0].toPrecision(4)} … ${interval[1].toPrecision(4)}` : fitted(ours!);
  const numbers = columns('', fitted(printed), shown, interval ? '' : String(digits));
  return label.length + 2 < labelWidth
    ? `  ${label}`.padEnd(labelWidth) + numbers.slice(labelWidth) + ` ${verdict}`
    : `  ${label}\n${numbers} ${verdict}`;
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

const bySource = (source?: string): string => (source ? ` [by ${source}]` : '');

/** Neighbouring rows of one group in one line where all of them agree. */
function folded(rows: Row[]): { first: Row; count: number }[] {
  const lines: { first: Row; count: number }[] = [];
  for (const row of rows) {
    const last = lines.at(-1);
    const together =
      row.group !== undefined &&
      last?.first.group === row.group &&
      last.first.document === row.document &&
      last.first.source === row.source &&
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
  const table = new Table({
    head: ['milliseconds', 'the document', 'loops here', 'tensors here'],
    style: plain,
    colAligns: ['left', 'right', 'right', 'right'],
  });
  const text = (value?: number): string => (value === undefined ? '' : value.toPrecision(3));
  for (const { item, printed, loops, tensors } of measurements)
    table.push([item, text(printed), text(loops), text(tensors)]);
  return ['Measured, not judged:', table.toString()];
}
