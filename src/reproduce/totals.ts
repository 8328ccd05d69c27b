/** How many numbers were compared, how many agree, and what that means. */
import type { ComparedRow, Report, Row } from './types.ts';

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
