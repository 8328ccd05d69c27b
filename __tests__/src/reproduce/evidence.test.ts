/** The judgement of numbers that hang on unseeded data, on the sabotaged runs that are kept. */
import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { evidenceOf, judge, survivors } from '../../../src/reproduce/evidence.ts';
import { experiments, printedOf } from '../../../src/reproduce/experiments.ts';
import type { Draw } from '../../../src/reproduce/types.ts';
import { sabotageNames, sabotages } from '../../../src/reproduce/sabotage.ts';
import kept from '../../../src/reproduce/sabotaged-draws.json' with { type: 'json' };
import { cannotTell, isReproduced, totals } from '../../../src/reproduce/totals.ts';
import type { Row } from '../../../src/reproduce/types.ts';

const [first] = experiments;

/** Twelve runs that end near what is printed, the place-th number moved. */
function drawsNear({ trainScore, trained, testCost }: typeof first, place = -1, by = 0): Draw[] {
  const { hiddenWeights, hiddenBias, outputWeights, outputBias } = trained;
  const printed = [trainScore, ...hiddenWeights, ...hiddenBias, ...outputWeights, ...outputBias, testCost];
  return Array.from({ length: 12 }, (_, i) =>
    printed.map((text, k) => Number(text) + (i - 5.5) / 100 + (k === place ? by : 0)),
  );
}

describe('the numbers of one run', () => {
  test('are consistent where all of them are such as ours', () => {
    const { consistent, together } = judge(first, drawsNear(first));
    expect([...consistent, ...together].every(Boolean)).toBe(true);
  });

  test('stand and fall together', () => {
    const { consistent, together } = judge(first, drawsNear(first, 3, 1));
    expect(consistent.filter((each) => !each)).toHaveLength(1);
    expect(together.some(Boolean)).toBe(false);
  });

  test('do not take those of another run with them', () => {
    const [, second] = experiments;
    const { together } = judge(second, drawsNear(second, 3, 1));
    const runs = printedOf(second).map(({ run }) => run);
    expect(together).toEqual(runs.map((run) => run === 2));
  });
});

test('all that is printed of an experiment: eleven numbers of a run, and the test costs of all runs', () => {
  const counts = experiments.map((experiment) => printedOf(experiment).length - experiment.runs.length);
  expect(counts).toEqual(experiments.map(() => 11));
});

describe('the sabotaged runs', () => {
  test('are there for every mistake and every experiment that differs from the others', () => {
    const { seeds } = kept.made as { seeds: number };
    for (const draws of [kept.draws.decide, kept.draws.test]) {
      expect(Object.keys(draws)).toEqual(sabotageNames);
      for (const byExperiment of Object.values(draws)) {
        expect(Object.keys(byExperiment)).toHaveLength(16);
        for (const runs of Object.values(byExperiment)) {
          expect(runs.map((run) => run.length)).toEqual(Array.from({ length: seeds }, () => 11));
        }
      }
    }
  });

  test('decide that a number counts only where every mistake would have been noticed', () => {
    const evidence = experiments.flatMap((experiment) => evidenceOf(experiment));
    const counting = evidence.filter(({ counts }) => counts);
    expect(counting.length).toBeGreaterThan(100);
    expect(counting.every(({ blindTo }) => blindTo.length === 0)).toBe(true);
    expect(evidence.some(({ blindTo }) => blindTo.length > 0)).toBe(true);
  });

  test('are told in the documentation as they are here', async () => {
    const text = await readFile(new URL('../../../docs/reproduce.md', import.meta.url), 'utf8');
    const { counting, under } = survivors();
    expect(text).toContain(`still reproduced of ${counting} `);
    for (const name of sabotageNames) {
      expect(text).toMatch(new RegExp(`\\| ${sabotages[name].title} +\\| +${under[name]} \\|`));
    }
  });

  test('of other seeds reproduce at most a tenth of what counts', () => {
    const { counting, under } = survivors();
    for (const name of sabotageNames) expect(under[name]).toBeLessThanOrEqual(counting / 10);
  });
});

describe('totals', () => {
  const row = (some: Partial<Row>): Row => ({
    ...{ document: '000', item: '', kind: 'within-spread', printed: 1, printedDigits: 1, ours: 1, digits: 1 },
    ...{ reproduced: false, consistent: true, evidence: true },
    ...some,
  });

  test('a number that is consistent and no evidence counts in neither number', () => {
    const blind = row({ evidence: false });
    expect(cannotTell(blind)).toBe(true);
    expect(totals([blind, row({ reproduced: true })])).toMatchObject({
      reproduced: 1,
      total: 1,
      cannotTell: 1,
    });
  });

  test('a number that is not consistent counts against us, evidence or not', () => {
    const wrong = [row({ consistent: false, evidence: false }), row({ consistent: false })];
    expect(totals(wrong)).toMatchObject({ reproduced: 0, total: 2, cannotTell: 0 });
  });

  test('every kind has its own count', () => {
    const rows = [
      row({ reproduced: true }),
      row({ kind: 'exact', reproduced: true }),
      row({ kind: 'numpy' }),
    ];
    expect(totals(rows).kinds).toEqual({
      exact: { reproduced: 1, total: 1 },
      'within-spread': { reproduced: 1, total: 1 },
      numpy: { reproduced: 0, total: 1 },
    });
  });

  test('all is reproduced where every judged number is, and what was found still holds', () => {
    const [right, wrong] = [row({ reproduced: true }), row({ consistent: false })];
    const found = (holds: boolean) => ({ document: '000' as const, text: '', holds });
    expect(isReproduced({ rows: [right, row({ evidence: false })], findings: [found(true)] })).toBe(true);
    expect(isReproduced({ rows: [], findings: [] })).toBe(true);
    expect(isReproduced({ rows: [right, wrong], findings: [found(true)] })).toBe(false);
    expect(isReproduced({ rows: [right], findings: [found(true), found(false)] })).toBe(false);
  });
});
