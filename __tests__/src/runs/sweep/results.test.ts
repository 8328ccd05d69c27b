import { beforeAll, describe, expect, test } from '@jest/globals';
import { definition, found, results } from './example-results.ts';
import { parse } from 'csv-parse/sync';
import { models } from '../../../../models/index.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeDirectory } from '../../../../src/node/files.ts';
import { drawHeatMap } from '../../../../src/reports/pictures/heat-map.ts';
import { drawCharts } from '../../../../src/reports/pictures/line-chart.ts';
import { writePlan, mergeSweeps } from '../../../../src/runs/sweep/directory.ts';
import {
  accuracyMap,
  accuracyOfDraws,
  lossCurves,
  sweepReport,
  writeResults,
} from '../../../../src/runs/sweep/report.ts';
import {
  commandFor,
  countsOf,
  resultsCsv,
  resultsDocument,
  resultsOf,
  scoreText,
  sourcesOf,
  spreadOf,
  type SweepResults,
  valueText,
} from '../../../../src/runs/sweep/results.ts';
import {
  checkSameSource,
  type SweepSource,
  ofSameSource,
  type TrialResult,
  trialsDirectory,
  writeTrial,
} from '../../../../src/runs/sweep/trial-file.ts';
import { type SweepDefinition, trialsOf } from '../../../../src/runs/sweep/trials.ts';
import { plainText } from '../../../helpers/plain-text.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

test('groups differ in their seed alone, and are judged by validation rows, from best to worst', () => {
  expect(results.judgedBy).toBe('validation');
  expect(results.groups.map(({ name }) => name)).toEqual([
    'hidden 16, learningRate 1',
    'hidden 8, learningRate 1',
    'hidden 8, learningRate 0.1',
    'hidden 16, learningRate 0.1',
  ]);
  const [first, second, , last] = results.groups;
  expect(first.score).toEqual({ mean: 0.9, deviation: 0 });
  expect(second.score?.mean).toBeCloseTo(0.85, 12);
  expect(second.score?.deviation).toBeCloseTo(0.1 / Math.SQRT2, 12);
  expect(last.score).toBeUndefined();
  expect(countsOf(results)).toEqual({ cells: 8, complete: 5, diverged: 2, failed: 0, missing: 1 });
});

test('the command trains the best trial again, on its data and backend', () => {
  expect(commandFor(results, results.groups[0])).toBe(
    'zoo train mnist --epochs=2 --batch-size=100 --optimizer=momentum --learning-rate=1 --schedule=linear --seed=1 --validation=0.05 ' +
      "--patience=0 --gradients=manual --record-every=1 --hidden=16 --activation=relu --backend=cpu --data=dir --data-dir='/home/me/my data'",
  );
  const told = (change: Partial<SweepResults['data']>, dataset: TrialResult['dataset']) => {
    const { trials, ...group } = results.groups[0];
    const [{ trial }] = trials;
    const result = { ...found.get(trial.id)!, dataset };
    const settings = { ...trial.settings, recipe: {} as never, options: {}, asPrinted: true };
    const command = commandFor(
      { ...results, data: { data: 'auto', ...change } },
      { ...group, trials: [{ trial: { ...trial, settings }, result }] },
    );
    return command.replace('zoo train mnist --gradients=manual --record-every=1 ', '');
  };
  const of = (source: 'dir' | 'cache' | 'download' | 'built-in', standIn = false) => ({
    ...{ name: 'mnist', fingerprint: 'f', source, standIn },
  });
  expect(told({}, of('dir'))).toBe('--backend=cpu --as-printed');
  expect(told({ dataDir: '/d' }, of('cache'))).toBe('--backend=cpu --data=download --as-printed');
  expect(told({}, of('download'))).toBe('--backend=cpu --data=download --as-printed');
  expect(told({}, of('built-in'))).toBe('--backend=cpu --as-printed');
  expect(told({}, of('built-in', true))).toBe('--backend=cpu --data=built-in --as-printed');
  expect(told({ own: { file: 'a b.csv', grey: true } }, undefined)).toBe(
    "--backend=cpu --data-file 'a b.csv' --grey --as-printed",
  );
  const [{ trial }] = results.groups[0].trials;
  expect(commandFor(results, { ...results.groups[0], trials: [{ trial }] })).not.toMatch('--backend');
});

test('groups of equal scores stand by their loss; those without a complete trial last, in their order', () => {
  const trials = trialsOf(models.mnist, {
    ...definition,
    grid: { hidden: [6, 7, 1, 2, 3, 4, 5], seed: [1, 2] },
  });
  const metrics = (accuracy: number, loss: number) => ({
    train: { loss, accuracy },
    test: { loss, accuracy },
  });
  const none = [NaN, 0];
  const given = [none, none, [0.5, 3], [0.7, 2], [0.7, 1], none, none];
  const complete = new Map(
    trials.flatMap(({ id, varied: { seed } }, i): [string, TrialResult][] => {
      const [accuracy, loss] = given[Math.floor(i / 2)];
      const base = { id, backend: 'cpu' as const, epochs: 2, seconds: 1.5, history: [] };
      if (Number.isNaN(accuracy)) return seed === 1 ? [] : [[id, { ...base, status: 'failed' }]];
      return [[id, { ...base, status: 'complete', metrics: metrics(accuracy, loss + Number(seed)) }]];
    }),
  );
  const judged = resultsOf(definition, trials, complete, { data: 'auto' });
  expect(judged.groups.map(({ name, score, loss }) => [name, score, loss])).toEqual([
    ['hidden 3', { mean: 0.7, deviation: 0 }, { mean: 2.5, deviation: Math.SQRT1_2 }],
    ['hidden 2', { mean: 0.7, deviation: 0 }, { mean: 3.5, deviation: Math.SQRT1_2 }],
    ['hidden 1', { mean: 0.5, deviation: 0 }, { mean: 4.5, deviation: Math.SQRT1_2 }],
    ...[6, 7, 4, 5].map((hidden) => [`hidden ${hidden}`, undefined, undefined]),
  ]);
  expect(judged).toMatchObject({ judgedBy: 'test', figure: 'accuracy', columns: ['hidden', 'seed'] });
  expect(countsOf(judged)).toEqual({ cells: 14, complete: 6, diverged: 0, failed: 4, missing: 4 });
  expect(sourcesOf(judged)).toEqual([]);
  expect(sourcesOf(results)).toEqual(['dir']);
  const seeds = trialsOf(models.mnist, { ...definition, grid: { seed: [1, 2] } });
  expect(resultsOf(definition, seeds, new Map(), { data: 'auto' }).groups).toEqual([
    { varied: {}, name: 'all', trials: seeds.map((trial) => ({ trial, result: undefined })) },
  ]);
});

test('spreads as people read them', () => {
  expect(spreadOf([1, 2, 6])).toEqual({ mean: 3, deviation: Math.sqrt(7) });
  expect(spreadOf([4])).toEqual({ mean: 4, deviation: 0 });
  const spread = { mean: 0.12344, deviation: 0.0124 };
  expect(scoreText({ figure: 'accuracy' }, spread)).toBe('12.34 ± 1.24 %');
  expect(scoreText({ figure: 'R²' }, spread)).toBe('0.1234 ± 0.0124');
  expect(scoreText({ figure: 'accuracy' }, { mean: 1, deviation: 0 })).toBe('100.00 %');
  expect([valueText(undefined), valueText([3, 2]), valueText(0), valueText(false)]).toEqual([
    '',
    '3 2',
    '0',
    'false',
  ]);
});

test('CSV has a line for every trial, quoted where needed', () => {
  const rows = parse(resultsCsv(results), { columns: true });
  expect(rows).toHaveLength(8);
  expect(rows[2]).toMatchObject({
    hidden: '8',
    learningRate: '1',
    seed: '1',
    status: 'complete',
    validationAccuracy: '0.8',
    testLoss: '9',
    epochs: '2',
    seconds: '1.5',
    source: 'dir',
  });
  expect(rows[4]).toMatchObject({ status: 'diverged', testLoss: '', message: 'too,\n"large"' });
  expect(rows[7]).toMatchObject({ status: 'missing' });
});

test('the map is over what varies, not over what is the same in all trials', () => {
  const grid = { activation: ['relu'], hidden: [8], learningRate: [0.1, 1], seed: [1, 2] };
  const { rowName, columnName, rows, columns } = accuracyMap(
    resultsOf(definition, trialsOf(models.mnist, { ...definition, grid }), new Map(), { data: 'auto' }),
  );
  expect([rowName, columnName, rows, columns]).toEqual(['learningRate', '', ['0.1', '1'], ['']]);
});

test('the pictures show every mean, and say where it is missing', async () => {
  const map = accuracyMap(results);
  const svg = await drawHeatMap(map);
  for (const text of ['60.00', '85.00', '90.00', 'diverged', 'hidden', 'learningRate']) {
    expect(svg).toContain(`>${text}<`);
  }
  const curves = lossCurves(results);
  expect(curves.series.map(({ name }) => name)).toEqual(results.groups.slice(0, 3).map(({ name }) => name));
  expect(curves.series[1].points).toEqual([
    [1, expect.closeTo(0.15, 12)],
    [2, expect.closeTo(0.075, 12)],
  ]);
  expect(await drawCharts('curves', [curves])).toContain('>hidden 8, learningRate 1<');
});

test('draws of a range are points over it, on its scale', () => {
  const from = { learningRate: { low: 0.001, high: 1 } };
  const random = { draws: 4, seed: 1, from };
  const drawn = trialsOf(models.mnist, { ...definition, grid: {}, random });
  const scored = new Map(
    drawn.map(({ id }, i) => [id, { ...[...found.values()][i], id, status: 'complete' as const }]),
  );
  const { x, series } = accuracyOfDraws(
    resultsOf({ ...definition, grid: {}, random }, drawn, scored, results.data),
  )!;
  expect(x).toMatchObject({ label: 'learningRate', min: 0.001, max: 1, logarithmic: true });
  const rates = drawn.map(({ varied }) => varied.learningRate);
  expect(series[0].points.map(([rate]) => rate).sort()).toEqual([...rates].sort());
  expect(accuracyOfDraws(results)).toBeUndefined();
});

describe('what the pictures say', () => {
  type Score = { loss: number; accuracy?: number; r2?: number; rmse?: number };
  /** A sweep of the given grid, each group with these scores of its test rows. */
  function swept(
    given: Partial<SweepDefinition>,
    scores: (Score | 'diverged' | undefined)[],
    validated = false,
  ) {
    const whole = { ...definition, grid: {}, ...given };
    const trials = trialsOf(models.mnist, whole);
    const there = new Map(
      trials.flatMap(({ id }, i): [string, TrialResult][] => {
        const score = scores[i];
        if (score === undefined) return [];
        const history = [2, 1].map((epoch) => ({
          epoch,
          loss: 10 * epoch + i,
          accuracy: 0,
          ...(validated && { validationLoss: 1 }),
        }));
        const base = { id, backend: 'cpu' as const, epochs: 2, seconds: 1, history };
        if (score === 'diverged') return [[id, { ...base, status: 'diverged' }]];
        const metrics = { train: score, test: score, ...(validated && { validation: score }) };
        return [[id, { ...base, status: 'complete', metrics }]];
      }),
    );
    return resultsOf(whole, trials, there, { data: 'auto' });
  }
  const accuracies = (...values: number[]): Score[] =>
    values.map((accuracy) => ({ loss: 1 - accuracy, accuracy }));

  test('models of tokens are ranked by their loss, the lowest first', () => {
    const tokens = (loss: number) => ({ loss, accuracy: loss / 10, perplexity: Math.exp(loss) });
    const found = swept({ grid: { hidden: [8, 16, 32] } }, [tokens(2), tokens(1.5), 'diverged']);
    expect(found.figure).toBe('loss');
    expect(found.groups.map(({ name }) => name)).toEqual(['hidden 16', 'hidden 8', 'hidden 32']);
    expect(scoreText(found, found.groups[0].score!)).toBe('1.5000');
    expect(accuracyMap(found)).toMatchObject({
      title: 'Loss on the test rows',
      cells: [[2], [1.5], ['diverged']],
    });
    expect(resultsDocument(found).best).toMatchObject({ loss: { mean: 1.5 } });
    expect(resultsDocument(found).best).not.toHaveProperty('r2');
    expect(resultsCsv(found).split('\n')[0]).toContain('testLoss,testAccuracy');
  });

  test('the map has the setting of most values down, the next across, and the mean over others', () => {
    const close = (value: number): unknown => expect.closeTo(value, 9);
    const shares = Array.from({ length: 12 }, (_, i) => i / 20);
    const grid = { learningRate: [1, 0.5], hidden: [8, 4, 16], activation: ['relu', 'sigmoid'] };
    expect(accuracyMap(swept({ grid }, accuracies(...shares)))).toEqual({
      title: 'Accuracy on the test rows in %, mean over activation',
      ...{ rowName: 'hidden', columnName: 'learningRate', rows: ['4', '8', '16'], columns: ['0.5', '1'] },
      cells: [
        [close(42.5), close(12.5)],
        [close(32.5), close(2.5)],
        [close(52.5), close(22.5)],
      ],
    });
    const one = accuracyMap(
      swept({ grid: { activation: ['sigmoid', 'relu'] } }, ['diverged', undefined], true),
    );
    expect(one).toEqual({
      title: 'Accuracy on the test rows in %',
      ...{ rowName: 'activation', columnName: '', rows: ['sigmoid', 'relu'], columns: [''] },
      cells: [['diverged'], ['none']],
    });
    const r2 = (value: number) => ({ loss: 1, r2: value, rmse: 1 });
    const list = [
      { name: 'a', settings: { hidden: 3, learningRate: 1 } },
      { name: 'b', settings: { hidden: 4, learningRate: 2 } },
    ];
    expect(accuracyMap(swept({ list }, [r2(0.5), r2(-1)], true))).toEqual({
      title: '100·R² on the validation rows',
      ...{ rowName: 'experiment', columnName: '', rows: ['a', 'b'], columns: [''] },
      cells: [[50], [-100]],
    });
    // Three draws leave one of four places empty.
    const from = { hidden: [8, 16, 32], activation: ['relu', 'sigmoid'] };
    const drawn = swept({ random: { draws: 3, seed: 9, from } }, accuracies(0.25, 0.5, 0.75));
    const { rows, columns, ...map } = accuracyMap(drawn);
    expect([rows, columns]).toEqual([
      ['8', '16'],
      ['sigmoid', 'relu'],
    ]);
    const places = drawn.trials.map(({ trial: { varied } }) => [
      rows.indexOf(String(varied.hidden)),
      columns.indexOf(String(varied.activation)),
    ]);
    expect(places.map(([row, column]) => map.cells[row][column])).toEqual([25, 50, 75]);
    expect(map.cells.flat().filter((cell) => cell === '')).toHaveLength(1);
    expect(accuracyMap(swept({}, accuracies(0.25)))).toMatchObject({
      ...{ rowName: '', columnName: '', rows: ['all'], columns: [''], cells: [[25]] },
    });
  });

  test('the curves are those of the best seven', () => {
    const groups = (count: number) =>
      swept(
        { grid: { hidden: Array.from({ length: count }, (_, i) => i + 1) } },
        accuracies(...Array.from({ length: count }, (_, i) => i / 10)),
      );
    const { title, x, y, series } = lossCurves(groups(8));
    expect([title, x, y]).toEqual([
      'Mean training loss, the best 7',
      { label: 'epoch', min: 0, integer: true },
      { label: 'training loss', min: 0 },
    ]);
    expect(series.map(({ name }) => name)).toEqual([8, 7, 6, 5, 4, 3, 2].map((hidden) => `hidden ${hidden}`));
    expect(series[0].points).toEqual([[1, 17], [2, 27]]); // prettier-ignore
    expect(lossCurves(groups(7)).title).toBe('Mean training loss');
    expect(lossCurves(swept({}, accuracies(0.5), true))).toMatchObject({
      ...{ title: 'Mean validation loss', y: { label: 'validation loss', min: 0 } },
      series: [{ name: 'all', points: [[1, 1], [2, 1]] }], // prettier-ignore
    });
  });

  test('draws are told by their names, of a regression as R², evenly where 0 is among them', () => {
    const from = (low: number) => ({
      draws: 2,
      seed: 1,
      from: { activation: ['relu'], learningRate: { low, high: 2 } },
    });
    const share = swept({ random: from(0.5) }, accuracies(0.25, 0.75));
    expect(accuracyOfDraws(share)).toEqual({
      title: 'Accuracy on the test rows',
      x: { label: 'learningRate', min: 0.5, max: 2, logarithmic: true },
      y: { label: 'accuracy in %', max: 100 },
      series: [
        {
          ...{ name: 'one draw', scattered: true, notes: share.groups.map(({ name }) => name) },
          points: share.groups.map(({ varied, score }) => [varied.learningRate, 100 * score!.mean]),
        },
      ],
    });
    const numbers = swept({ random: from(0) }, [{ loss: 1, r2: 0.5, rmse: 1 }, undefined] as Score[]);
    expect(accuracyOfDraws(numbers)).toMatchObject({
      ...{ title: 'R² on the test rows', x: { min: 0, logarithmic: false }, y: { label: 'R²', max: 1 } },
      series: [{ points: [[expect.any(Number), 0.5]] }],
    });
    const only = { draws: 2, seed: 1, from: { activation: ['relu'] } };
    expect(accuracyOfDraws(swept({ random: only }, accuracies(0.5)))).toBeUndefined();
  });
});

test('the report is a page like the others: scores of each split, nothing fetched, everything escaped', async () => {
  const html = await sweepReport(results);
  expect(html).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
  expect(html).toContain('Content-Security-Policy');
  expect(html).toContain('85.00 ± 7.07 %');
  for (const heading of ['training accuracy', 'validation accuracy', 'test accuracy', 'validation loss']) {
    expect(html).toMatch(new RegExp(`<th scope="col" class="[a-z]*">${heading}</th>`));
  }
  expect(html).toContain('10.00 %'); // of the test rows, which rank nothing
  expect(html).not.toMatch(/(src|href)="(?!data:)|@import|url\((?!data:)/);
  const words = html
    .slice(html.indexOf('<body'))
    .replace(/<(script|style|svg)[^]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
  expect(plainText(words)).toMatchInlineSnapshot(
    `"Sweep: a &lt;b&gt; &amp; &quot;c&quot; model mnist, data: dir, judged by validation rows 90.00 % best validation accuracy 8 trials 5 complete 2 diverged 1 missing Best settings hidden 16, learningRate 1. This trains the first of them again: zoo train mnist --epochs=2 --batch-size=100 --optimizer=momentum --learning-rate=1 --schedule=linear --seed=1 --validation=0.05 --patience=0 --gradients=manual --record-every=1 --hidden=16 --activation=relu --backend=cpu --data=dir --data-dir=&#39;/home/me/my data&#39; Accuracy Accuracy on the validation rows in % hidden ↓, learningRate → 0.1 1 8 60.00 85.00 16 diverged 90.00 Learning curves Mean validation loss, the best 3 Groups, from best to worst mean ± sample standard deviation over the runs of a group, which differ in their seed; ranked by validation rows alone rank hidden learningRate runs training accuracy validation accuracy test accuracy validation loss 1 16 1 1 of 2 10.00 % 90.00 % 10.00 % 0.1000 2 8 1 2 of 2 10.00 % 85.00 ± 7.07 % 10.00 % 0.1500 ± 0.0707 3 8 0.1 2 of 2 10.00 % 60.00 ± 14.14 % 10.00 % 0.4000 ± 0.1414 16 0.1 0 of 2 — — — — What did not complete trial status why hidden 16, learningRate 0.1, seed 1 diverged too, &quot;large&quot; hidden 16, learningRate 0.1, seed 2 diverged too, &quot;large&quot; Definition { &quot;title&quot;: &quot;a &lt;b&gt; &amp; \\&quot;c\\&quot;&quot;, &quot;model&quot;: &quot;mnist&quot;, &quot;fixed&quot;: { &quot;epochs&quot;: 2 }, &quot;grid&quot;: { &quot;hidden&quot;: [ 8, 16 ], &quot;learningRate&quot;: [ 0.1, 1 ], &quot;seed&quot;: [ 1, 2 ] } }"`,
  );
});

const directory = temporaryDirectory();
beforeAll(async () => {
  await writeResults(directory, results);
});

test('a sweep leaves tables, a page, and each picture twice', async () => {
  expect(readdirSync(directory).sort()).toEqual([
    'accuracy.png',
    'accuracy.svg',
    'curves.png',
    'curves.svg',
    'report.html',
    'results.csv',
    'results.json',
  ]);
  for (const name of ['accuracy', 'curves']) {
    const [png, svg] = await Promise.all(
      ['png', 'svg'].map((kind) => sharp(join(directory, `${name}.${kind}`)).metadata()),
    );
    expect([png.format, svg.format]).toEqual(['png', 'svg']);
    expect(png.width / png.height).toBeCloseTo(svg.width / svg.height, 1);
  }
});

test('results.json counts what came of the trials', () => {
  const text = readFileSync(join(directory, 'results.json'), 'utf8');
  expect(text).toMatch(/^\{\s*"format": "backprop-zoo\/sweep-results",\s*"version": 1,/);
  const { counts, cells, groups, best } = JSON.parse(text) as ReturnType<typeof resultsDocument>;
  expect(counts).toEqual({ cells: 8, complete: 5, diverged: 2, failed: 0, missing: 1 });
  expect(cells.map(({ status }) => status)).toEqual([
    'complete',
    'complete',
    'complete',
    'complete',
    'diverged',
    'diverged',
    'complete',
    'missing',
  ]);
  const means = groups.map(({ accuracy }) => accuracy?.mean);
  expect(means).toEqual([0.9, expect.closeTo(0.85, 9), 0.6, undefined]);
  expect(groups[1].loss!.mean).toBeCloseTo(1 - 0.85, 9);
  expect(best!.accuracy!.mean).toBe(0.9);
  expect(best).toMatchObject({ varied: { hidden: 16, learningRate: 1 }, cells: 2, complete: 1 });
  expect(best!.command).toContain('zoo train mnist');
  expect(cells[4].varied).toMatchObject({ hidden: 16, learningRate: 0.1 });
});

const data = (...hashes: string[]) => ({
  files: hashes.map((sha256, i) => ({ name: `file-${i}.csv`, bytes: 1, sha256 })),
});
const trial = (id: string, given?: SweepSource): TrialResult => {
  const { modelFile, ...dataset } = given ?? {};
  return {
    ...{ id, status: 'complete', backend: 'cpu', epochs: 1, seconds: 1, history: [] },
    ...(given && { dataset: { name: 'own', source: 'dir', fingerprint: id, ...dataset } }),
    ...(modelFile && { modelFile }),
  };
};

describe('trials of other data', () => {
  test.each<[string, ReturnType<typeof data>, ReturnType<typeof data>, string | undefined]>([
    ['the same files', data('a', 'b'), data('a', 'b'), undefined],
    ['a changed file', data('a', 'b'), data('a', 'c'), 'file-1.csv is another'],
    ['a further file', data('a'), data('a', 'c'), 'file-1.csv is another'],
    ['real data after a stand-in', data(), data('a'), 'it was drawn then, and is read from files now'],
    ['a stand-in after real data', data('a'), data(), 'it was read from files then, and is drawn now'],
    ['drawn data', data(), data(), undefined],
  ])('%s', (_, then, now, differs) => {
    const check = () => checkSameSource('runs/s', [trial('1'.repeat(16)), trial('2'.repeat(16), then)], now);
    const late = ofSameSource(trial('3'.repeat(16), now), then);
    if (differs === undefined) {
      expect(check).not.toThrow();
      expect(late.status).toBe('complete');
      return;
    }
    expect(check).toThrow(`The trials in runs/s were trained on other data: ${differs}. Put the data back`);
    expect(late).toMatchObject({
      status: 'failed',
      message: `The data changed while the sweep ran: ${differs}.`,
    });
    expect(late.metrics).toBeUndefined();
  });
});

describe('trials of another model or other classes', () => {
  const of = (main: string, helper: string, classNames = ['cat', 'dog']): SweepSource => ({
    files: [],
    classNames,
    modelFile: {
      ...{ path: './m.ts', sha256: main.repeat(64) },
      imports: [{ path: 'helper.ts', sha256: helper.repeat(64) }],
    },
  });
  const moved: SweepSource = { ...of('a', 'b'), modelFile: { ...of('a', 'b').modelFile!, path: 'x/m.ts' } };

  test.each<[string, SweepSource, string]>([
    ['an edited model', of('c', 'b'), 'with other model files: ./m.ts (SHA-256) was "aaaa'],
    ['an edited import', of('a', 'c'), 'with other model files: helper.ts (SHA-256) was "bbbb'],
    ['a renamed class', of('a', 'b', ['cat', 'wolf']), 'on other data: class 2 was "dog" and is "wolf"'],
  ])('are rejected: %s', (_, now, differs) => {
    const then = of('a', 'b');
    expect(() => checkSameSource('runs/s', [trial('1'.repeat(16), then)], now)).toThrow(
      `The trials in runs/s were trained ${differs}`,
    );
    expect(ofSameSource(trial('3'.repeat(16), now), then).status).toBe('failed');
    expect(() => checkSameSource('runs/s', [trial('1'.repeat(16), then)], moved)).not.toThrow();
  });
});

describe('parts of a sweep', () => {
  const place = temporaryDirectory();

  test('are not merged where they were trained on different data', async () => {
    const plan = {
      definition: { model: 'gate', fixed: {}, grid: {} },
      backend: 'cpu',
      data: { data: 'auto' },
    } as const;
    const part = async (name: string, id: string, given: ReturnType<typeof data>) => {
      const directory = join(place, name);
      await makeDirectory(trialsDirectory(directory));
      await writePlan(directory, plan);
      await writeTrial(directory, trial(id.repeat(16), given));
      return directory;
    };
    const one = await part('one', '1', data('a'));
    const same = await part('same', '2', data('a'));
    const other = await part('other', '3', data('b'));
    await expect(mergeSweeps([one, same], join(place, 'whole'))).resolves.toBeDefined();
    await expect(mergeSweeps([one, other], join(place, 'mixed'))).rejects.toThrow('trained on other data');
  });
});
