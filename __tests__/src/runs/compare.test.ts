import { beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleRequest } from '../../helpers/example-run.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { compareRuns } from '../../../src/runs/compare.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { compareReport } from '../../../src/reports/compare-report.ts';
import { run } from '../../../src/runs/run.ts';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();
const at = (...names: string[]) => join(directory, ...names);

beforeAll(async () => {
  await useBackend('cpu');
  for (const optimizer of ['adam', 'sgd'] as const) {
    await run({ ...exampleRequest(optimizer), out: at(optimizer) });
  }
  cpSync(at('adam'), at('elsewhere', 'adam'), { recursive: true });
});

describe('comparing runs', () => {
  test('names the settings in which they differ, and tells directories of one name apart', async () => {
    const { runs, differing } = await compareRuns([
      at('adam'),
      at('sgd', 'run.json'),
      at('elsewhere', 'adam'),
    ]);
    expect(differing).toEqual(['optimizer']);
    expect(Object.keys(runs[0].settings)).toEqual([
      ...['model', 'gate', 'asPrinted', 'gradients', 'backend', ...Object.keys(runs[0].run.hyperParameters)],
      ...['dataset', 'source', 'data'],
    ]);
    expect(runs.map(({ name, settings }) => [name, settings.optimizer])).toEqual([
      ['adam', 'adam'],
      ['sgd', 'sgd'],
      ['adam (2)', 'adam'],
    ]);
  });

  test('says which directory holds no run', async () => {
    writeFileSync(at('elsewhere', 'run.json'), '{}');
    for (const wrong of ['nowhere', 'elsewhere']) {
      const failed = compareRuns([at('adam'), at(wrong)]);
      await expect(failed).rejects.toThrow(`${wrong} is not a run: `);
      await expect(failed).rejects.toBeInstanceOf(InputError);
    }
  });

  test('takes a hundred, and no more', async () => {
    const many = (count: number) => compareRuns(new Array<string>(count).fill(at('adam')));
    expect((await many(100)).runs).toHaveLength(100);
    await expect(many(101)).rejects.toThrow(
      new InputError('At most 100 runs are compared at once, not 101.'),
    );
  });

  test('makes a page whose figures are those of the run files, with links and pictures', async () => {
    const comparison = await compareRuns([at('adam'), at('sgd')]);
    const text = await compareReport(comparison, at('pages', 'compare.html'));
    for (const name of ['adam', 'sgd']) expect(text).toContain(`href="../${name}/report.html"`);
    expect(text.match(/<img/g)).toHaveLength(2);
    const figures = [...text.matchAll(/data-figure="(\d)\.([^"]+)"\s+value="([^"]+)"/g)];
    expect(figures.length).toBeGreaterThanOrEqual(12);
    for (const [, index, path, value] of figures) {
      const file = readFileSync(join(comparison.runs[Number(index)].directory, 'run.json'), 'utf8');
      const found = path
        .split('.')
        .reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], JSON.parse(file));
      expect({ path, value: Number(value) }).toEqual({ path, value: found });
    }
  });

  test('keeps one color a run through all charts, also where an earlier run has nothing to draw', async () => {
    await run({ ...exampleRequest('adam'), out: at('rare') });
    const runs = (await compareRuns([at('rare'), at('sgd'), at('adam')])).runs;
    runs[1].run.history = runs[1].run.history.map((one) => ({
      ...one,
      validationLoss: 1,
      validationAccuracy: 1,
    }));
    const text = await compareReport({ runs, differing: [] }, at('compare.html'));
    const charts = [...text.matchAll(/json">([^]*?)<\/script/g)].map(
      ([, json]) => JSON.parse(json) as { title: string; series: { name: string; color: number }[] },
    );
    const colors = charts.flatMap(({ series }) => series.map(({ name, color }) => `${name} ${color}`));
    expect([...new Set(colors)].sort()).toEqual(['adam 2', 'rare 0', 'sgd 1']);
    expect(charts.find(({ title }) => title === 'Validation loss')?.series).toHaveLength(1);
    const swatches = [...text.matchAll(/--series-(\d)\)"[^>]*>\s*<\/svg[^>]*>(?:<a[^>]*>)?(\w+)/g)];
    expect(swatches.map(([, color, name]) => `${name} ${color}`)).toEqual([
      'rare 0',
      'sgd 1',
      'adam 2',
      'rare 0',
      'sgd 1',
      'adam 2',
    ]);
  });

  test('ranks only runs on the same rows, and no losses', async () => {
    const { runs } = await compareRuns([at('adam'), at('sgd'), at('adam')]);
    const bestOf = async (fingerprints: string[]) => {
      const changed = runs.map((one, i) => {
        const { dataset, metrics } = one.run;
        const test = { ...metrics.test, accuracy: i / 4 };
        return {
          ...one,
          run: {
            ...one.run,
            dataset: { ...dataset, fingerprint: fingerprints[i] },
            metrics: { ...metrics, test },
          },
        };
      });
      const text = await compareReport({ runs: changed, differing: [] }, at('compare.html'));
      return [...text.matchAll(/class="best"[^>]*>\s*<data data-figure="([^"]+)"/g)].map(([, path]) => path);
    };
    const accuracies = (paths: string[]) => paths.filter((path) => path.endsWith('.accuracy'));
    expect(accuracies(await bestOf(['a', 'a', 'a']))).toEqual(['2.metrics.test.accuracy']);
    expect(accuracies(await bestOf(['a', 'a', 'b']))).toEqual(['1.metrics.test.accuracy']);
    expect(await bestOf(['a', 'b', 'c'])).toEqual([]);
    expect((await bestOf(['a', 'a', 'a'])).filter((path) => /\.loss$|train/.test(path))).toEqual([]);
  });

  test('on the command line: a table of at most 80 columns, the page, and JSON', async () => {
    const told = await zoo(['compare', 'adam', 'sgd'], { cwd: directory });
    expect(told.code).toBe(0);
    expect(Math.max(...told.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(told.stdout).toMatch(/1 {2}optimizer adam\n {2}2 {2}optimizer sgd/);
    expect(readFileSync(at('compare.html'), 'utf8')).toContain('2 runs of gate');
    const asJson = await zoo(['compare', 'adam', 'sgd', '--out', 'new/page.html', '--json'], {
      cwd: directory,
    });
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      runs: [
        { model: 'gate', settings: { optimizer: 'adam' } },
        { model: 'gate', settings: { optimizer: 'sgd' } },
      ],
      differing: ['optimizer'],
      out: at('new', 'page.html'),
    });
  });
});
