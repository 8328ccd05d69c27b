import { expect, test } from '@jest/globals';
import { zooHere } from '../../helpers/zoo-here.ts';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const empty = temporaryDirectory();

test('--json has every number with its kind and counts those whose data is available', async () => {
  const { code, stdout } = await zoo(['reproduce', '003', '004', '--data-dir', empty, '--json']);
  const { rows, ...counts } = JSON.parse(stdout) as {
    rows: { kind: string; reproduced: boolean; printedDigits: number; needsData?: string }[];
  };
  const judged = rows.filter(({ needsData }) => needsData === undefined);
  expect(judged.length).toBeGreaterThan(100);
  expect(rows.length).toBeGreaterThan(judged.length);
  expect(counts).toMatchObject({ reproduced: judged.length, total: judged.length });
  expect(rows.every(({ printedDigits }) => printedDigits >= 1)).toBe(true);
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['exact', 'numpy']));
  expect(code).toBe(0);
});

test.each([
  [['--sabotage', 'half-rate'], /--sabotage/],
  [['--data', 'built-in'], /Synthetic data cannot reproduce/],
])('%j is refused in one sentence, exit code 2', async (options, message) => {
  const { code, stdout, stderr } = await zooHere(['reproduce', '000', ...options], empty);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
