/** How many numbers were compared, how many agree, and what that means. */
import type { Kind, Report, Row } from './types.ts';

export interface Total {
  reproduced: number;
  total: number;
}

export interface Totals extends Total {
  kinds: Record<Kind, Total>;
  /** Numbers that are consistent with ours, and would be with those of a program with a mistake; in no total. */
  cannotTell: number;
}

/** Neither reproduced nor different: what agrees here would agree with a mistake, too. */
export const cannotTell = ({ kind, consistent, evidence }: Row): boolean =>
  kind === 'within-spread' && consistent === true && evidence === false;

const isJudged = (row: Row): boolean => row.needsData === undefined && !cannotTell(row);

/** Rows whose data is not at hand and rows that cannot tell count nowhere. */
export function totals(rows: Row[]): Totals {
  const judged = rows.filter(isJudged);
  const of = (some: Row[]): Total => ({
    reproduced: some.filter(({ reproduced }) => reproduced).length,
    total: some.length,
  });
  const kind = (name: Kind): Total => of(judged.filter((row) => row.kind === name));
  return {
    ...of(judged),
    kinds: { exact: kind('exact'), 'within-spread': kind('within-spread'), numpy: kind('numpy') },
    cannotTell: rows.filter(cannotTell).length,
  };
}

/** Every number that is judged, and what was found of the documents still holds. */
export function isReproduced({ rows, findings }: Pick<Report, 'rows' | 'findings'>): boolean {
  const { reproduced, total } = totals(rows);
  return reproduced === total && findings.every(({ holds }) => holds);
}

/** The last lines of a report: what was compared with what. */
export function totalLines(rows: Row[]): string[] {
  const { reproduced, total, kinds, cannotTell } = totals(rows);
  const few = rows.filter(
    ({ kind, needsData, printedDigits }) => kind === 'exact' && !needsData && printedDigits < 3,
  ).length;
  const line = (kind: Kind, name: string, remark = ''): string[] =>
    kinds[kind].total > 0 || remark
      ? [`${name}: ${kinds[kind].reproduced} of ${kinds[kind].total}${remark}`]
      : [];
  return [
    ...line(
      'exact',
      "digit by digit, the documents' own numbers",
      few > 0 ? ` (${few} of 1 or 2 digits)` : '',
    ),
    ...line(
      'within-spread',
      "within our spread, document 000's",
      cannotTell > 0 ? `; ${cannotTell} (?) consistent, cannot tell` : '',
    ),
    ...line('numpy', "digit by digit, NumPy's numbers for the same programs"),
    `reproduced ${reproduced} of ${total}`,
  ];
}
