import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '../../../src/backend/index.ts';
import { learningCurves, timeAxis } from '../../../src/reports/pictures/line-chart.ts';
import { timePoints } from '../../../src/reports/sections.ts';
import { run } from '../../../src/runs/run.ts';
import { verify, readRun } from '../../../src/runs/verify.ts';
import { parseRun, type RunReport } from '../../../src/weights/run-record.ts';
import { tokenRequest } from '../../helpers/token-run.ts';

describe('the report of a model of tokens', () => {
  let directory: string;
  let report: RunReport;
  let page: string;
  beforeAll(async () => {
    await useBackend('cpu');
    directory = mkdtempSync(join(tmpdir(), 'zoo-tokens-'));
    report = await run({ ...(await tokenRequest('gpt', { heads: 2, width: 4 })), out: directory });
    page = readFileSync(join(directory, 'report.html'), 'utf8');
  }, 60_000);
  afterAll(() => rmSync(directory, { recursive: true }));

  test('has loss and perplexity in place of scores of classes', () => {
    const { test: scores } = report.metrics;
    expect(page).toContain(`data-figure="metrics.test.loss" value="${scores.loss}"`);
    expect(page).toContain('data-figure="metrics.test.perplexity"');
    const [shown] = page.split('</main>');
    expect(shown).not.toMatch(/recall|most frequent class|undefined|NaN/);
  });

  test('has baselines that run.json holds, and the entropy of the data', () => {
    const { metrics } = parseRun(readFileSync(join(directory, 'run.json'), 'utf8'), 'run.json');
    expect(metrics.baselines).toEqual(report.metrics.baselines);
    expect(metrics.baselines).toMatchObject({ uniform: Math.log(13), entropy: 0 });
    expect(page).toContain(
      `data-figure="metrics.baselines.ngrams.loss" value="${metrics.baselines!.ngrams.loss}"`,
    );
    expect(page).toMatch(/"name":"uniform"[^]*"name":"\d previous characters?"[^]*"name":"least possible"/);
  });

  test('has texts of six records that answer the questions of test rows', () => {
    const sampled = report.result.history.filter(({ samples }) => samples);
    // 12 · 1/32, 1/16, … steps, each at the first record from there on: 1, 1, 2, 3, 6, 12.
    expect(sampled.map(({ step }) => step)).toEqual([1, 2, 3, 6, 12]);
    for (const { samples } of sampled) {
      expect(samples).toHaveLength(5);
      for (const text of samples!) expect(text).toMatch(/^\d\d\+\d\d=[\d+=]*$/);
    }
    expect(page).toContain('step 6, training loss');
  });

  test('has a picture of attention for each head, whose rows are as long as what they see', () => {
    const pictures = page.split('aria-label="attention of layer').slice(1);
    expect(pictures).toHaveLength(2);
    // The boundary and nine characters: 1 + 2 + … + 10.
    for (const picture of pictures) expect(picture.split('</svg>')[0].split('<rect').length - 1).toBe(55);
    const shades = Array.from(
      pictures[0].matchAll(/fill-opacity="([\d.]+)"/g),
      ([, shade]) => (Number(shade) - 0.04) / 0.96,
    );
    // What the boundary sees is itself; what the second position sees adds up to 1.
    expect(shades[0]).toBeCloseTo(1, 2);
    expect(shades[1] + shades[2]).toBeCloseTo(1, 2);
  });

  test('shades the characters that are to be predicted, and no others', () => {
    const [, rows] = page.split('class="surprises rows"');
    // Twelve rows, of which three digits and the end are predicted.
    expect(rows.split('</div>')[0].split('class="shaded"').length - 1).toBe(48);
    expect(rows).toMatch(/\d\d\+\d\d=<span/);
  });

  test('is of a run that verifies, with its texts and baselines', async () => {
    const recorded = await readRun(directory);
    const again = await tokenRequest('gpt');
    const { verified, differences } = await verify(
      { ...recorded, request: { ...recorded.request, dataset: again.dataset } },
      again.data,
    );
    expect(differences).toEqual([]);
    expect(verified).toBe(true);
  });
});

describe('curves of trainings that count steps', () => {
  const history = [10, 20].map((step) => ({
    epoch: step / 100,
    step,
    loss: 30 - step,
    accuracy: 0.5,
    seconds: step / 5,
  }));

  test('are drawn over steps, with baselines from the first to the last', () => {
    expect(timeAxis([history]).label).toBe('step');
    expect(timeAxis([history, [{}]]).label).toBe('epoch');
    expect(learningCurves(history, { uniform: 3 })[0].series).toEqual([
      { name: 'training', points: [[10, 20], [20, 10]] }, // prettier-ignore
      { name: 'validation', points: [] },
      { name: 'uniform', points: [[0, 3], [20, 3]] }, // prettier-ignore
    ]);
    expect(timePoints(history)).toEqual([[10, 200], [20, 200]]); // prettier-ignore
    expect(timePoints(history, 'epoch')[0][0]).toBe(0.1);
  });
});
