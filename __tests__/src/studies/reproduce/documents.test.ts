/** The reproductions that need no data, in this thread; those that do say which. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { document001 } from '../../../../src/studies/reproduce/document-001.ts';
import { document003 } from '../../../../src/studies/reproduce/document-003.ts';
import { document004 } from '../../../../src/studies/reproduce/document-004.ts';
import { formatReport } from '../../../../src/studies/reproduce/format.ts';
import { totals } from '../../../../src/studies/reproduce/totals.ts';
import { joinReports, type Row } from '../../../../src/studies/reproduce/types.ts';
import { contextWithoutData } from '../../../helpers/reproduction.ts';

const context = contextWithoutData('float64');

let gates: Awaited<ReturnType<typeof document004>>;

beforeAll(async () => {
  await useBackend('float64');
  gates = await document004(context);
});

describe('document 004', () => {
  test('every number of the gates and of both XORs is reproduced', () => {
    const { rows } = joinReports([gates]);
    const judged = rows.filter(({ needsData }) => needsData === undefined);
    expect(judged).toHaveLength(4 * (40 + 4) + 4 + 10 + 4);
    expect(judged.filter(({ reproduced }) => !reproduced)).toEqual([]);
    expect(new Set(rows.map(({ item }) => item)).size).toBe(rows.length);
  });
});

describe('document 001', () => {
  test('every worked example is reproduced; costs and accuracies need the pictures', async () => {
    const { rows } = joinReports([await document001(context)]);
    expect(totals(rows).total).toBe(3 + 3 + 2 + 6 + 10 + 1 + 1 + 1 + 225 + 15);
    expect(totals(rows).reproduced).toBe(totals(rows).total);
    const missing = rows.filter(({ needsData }) => needsData !== undefined);
    expect(missing.filter(({ kind }) => kind === 'exact')).toHaveLength(6 + 20 + 2);
    for (const row of missing) expect(row).toMatchObject({ ours: null, reproduced: false });
  });
});

test('rows without data count in no total and are told in one line a document', async () => {
  const report = joinReports([await document003(context)]);
  expect(report.rows.length).toBeGreaterThan(0);
  expect(totals(report.rows)).toMatchObject({ reproduced: 0, total: 0 });
  expect(formatReport(report)).toMatch(/document 003 needs data: breast-cancer: not here \(\d+ numbers\)/);
  expect(formatReport(report)).toMatch(/reproduced 0 of 0$/);
});

test('a number that differs is shown by itself, and lowers the total', async () => {
  const report = joinReports([await document001(context)]);
  const wrong = report.rows.map((row) =>
    row.item === 'outer, entry 7' ? { ...row, ours: 1, digits: 0, reproduced: false } : row,
  );
  const text = formatReport({ ...report, rows: wrong });
  expect(text).toMatch(/outer, entry 7 .*DIFFERS/);
  const { total } = totals(wrong);
  expect(text).toMatch(new RegExp(`reproduced ${total - 1} of ${total}$`));
});

test('every line of numbers fits eighty columns', async () => {
  const report = joinReports([await document001(context), gates]);
  const spread: Row = {
    ...{ document: '000', item: 'experiment 1 (bias: b = 0 0 0): 100·test cost', kind: 'within-spread' },
    ...{ printed: 2.3972223143334195, printedDigits: 17, ours: 2.2, digits: 1, reproduced: false },
    ...{
      intervals: [
        [-14.123456, -11.123456],
        [2.3, 2.4],
      ],
      consistent: true,
      evidence: false,
    },
  };
  const rows = [...report.rows, spread].filter(({ needsData }) => needsData === undefined);
  const lines = formatReport({ ...report, rows }).split('\n');
  expect(lines.length).toBeGreaterThan(200);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
