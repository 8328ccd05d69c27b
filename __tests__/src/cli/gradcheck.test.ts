import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelReport, TrajectoryReport } from '../../../src/gradcheck/check.ts';
import { zooHere } from '../../helpers/zoo-here.ts';
import { zoo } from '../../helpers/zoo.ts';

interface Document {
  agrees: boolean;
  models: ModelReport[];
  trajectories?: TrajectoryReport[];
}

/** Somewhere else: a directory that knows nothing of this project. */
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-gradcheck-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** A file of one's own is loaded in a process of its own, as Node does it. */
const gradcheck = (...args: string[]) =>
  args[0].startsWith('.')
    ? zoo(['gradcheck', ...args], { cwd: directory })
    : zooHere(['gradcheck', ...args], directory);

const checked = async (...args: string[]) => {
  const { code, stdout } = await gradcheck(...args, '--json', '--quiet');
  return { code, ...(JSON.parse(stdout) as Document) };
};

const write = (name: string, text: string) => writeFile(join(directory, name), text);

describe('models of the zoo', () => {
  test('several are checked in one run, every parameter within the tolerances', async () => {
    const { code, agrees, models } = await checked('gate', 'xor', 'points');
    expect({ code, agrees, names: models.map(({ model }) => model) }).toEqual({
      code: 0,
      agrees: true,
      names: ['gate', 'xor', 'points'],
    });
    for (const { backend, parameters } of models) {
      expect(backend).toBe('float64');
      for (const { entries, shape, manualVsAutodiff, manualVsNumeric, autodiffVsNumeric } of parameters) {
        expect(entries).toBe(shape.reduce((product, length) => product * length, 1));
        expect(manualVsAutodiff?.maxRelative).toBeLessThanOrEqual(1e-10);
        expect(manualVsAutodiff?.normwise).toBeLessThanOrEqual(1e-10);
        expect(manualVsNumeric?.maxRelative).toBeLessThanOrEqual(1e-7);
        expect(autodiffVsNumeric?.maxRelative).toBeLessThanOrEqual(1e-7);
      }
    }
  });

  test("document 003's error is found in hiddenBias, and there alone", async () => {
    const { code, models } = await checked('breast-cancer', '--as-printed');
    expect(code).toBe(1);
    const wrong = models[0].parameters.filter(({ agrees }) => !agrees);
    expect(wrong.map(({ name }) => name)).toEqual(['hiddenBias']);
    expect(wrong[0].hint).toMatch(/^manual differs from both others.*not over the units too/);
    const { manual, autodiff, numeric } = wrong[0].worst;
    expect(numeric).toBeCloseTo(autodiff!, 8);
    expect(Math.abs(manual! - autodiff!)).toBeGreaterThan(1e-3);
  });

  test('the report is told in 80 columns', async () => {
    const { code, stdout } = await gradcheck('breast-cancer', '--as-printed', '--details');
    expect(code).toBe(1);
    expect(stdout).toMatch(/hiddenBias .* DIFFER\n/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('options choose backend, sources, settings, and trainings to follow', async () => {
    const { code, models, trajectories } = await checked(
      ...['breast-cancer', '--units', '2', '--l1', '0.3', '--backend', 'wasm'],
      ...['--gradients', 'manual,autodiff', '--draws', '1', '--seed', '5', '--steps', '30'],
    );
    expect(code).toBe(0);
    expect(models[0]).toMatchObject({ backend: 'wasm', seed: 5, sources: ['manual', 'autodiff'] });
    expect(models[0].parameters[0].shape).toEqual([30, 2]);
    expect(models[0].parameters[0].manualVsNumeric).toBeUndefined();
    expect(models[0].parameters[0].manualVsAutodiff?.normwise).toBeLessThanOrEqual(1e-5);
    expect(trajectories).toHaveLength(1);
    expect(trajectories![0]).toMatchObject({ backend: 'wasm', steps: 30, agrees: true });
    expect(trajectories![0].largestDifference).toBeLessThan(1e-3);
  });

  test('a tolerance that nothing can meet makes it fail', async () => {
    expect((await checked('gate', '--tolerance', '1e-30')).code).toBe(1);
  });
});

describe('a model of your own', () => {
  let example: string;
  beforeAll(async () => {
    example = await readFile(new URL('../../../examples/my-first-gradient.ts', import.meta.url), 'utf8');
  });

  test('is checked wherever it lies', async () => {
    await write(
      'right.ts',
      `import type { Model } from 'backprop-zoo';\n${example}\nexport type Mine = Model;\n`,
    );
    const { code, models } = await checked('./right.ts');
    expect(code).toBe(0);
    expect(models[0]).toMatchObject({ model: 'my-first-gradient', agrees: true });
  });

  test('and its mistake is found', async () => {
    const mistaken = example.replace('hidden.square().neg()', 'hidden.neg()');
    expect(mistaken).not.toBe(example);
    await write('wrong.ts', mistaken);
    const { code, models } = await checked('./wrong.ts');
    expect(code).toBe(1);
    expect(models[0].parameters.filter(({ agrees }) => !agrees).map(({ name }) => name)).toEqual([
      'hiddenWeights',
      'hiddenBias',
    ]);
  });

  test.each([
    [
      'half.ts',
      'export const half = { forward() {}, initial() {} };',
      /export half has no function gradients\(\)/,
    ],
    [
      'throws.ts',
      'const a: {}[] = [];\n\na[3].b;',
      /throws\.ts does not load: line 3: Cannot read .* in "a\[3\]\.b;"/,
    ],
    ['missing.ts', undefined, /File not found: \.\/missing\.ts/],
  ])('%s is refused in one sentence', async (name, text, message) => {
    if (text !== undefined) await write(name, text);
    const { code, stdout, stderr } = await gradcheck(`./${name}`);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
  });
});

test.each([
  [['nonsense'], /Unknown model "nonsense"\. Known: gate/],
  [['gate', '--gradients', 'manual'], /needs at least two/],
  [['gate', '--gradients', 'manual,guess'], /Unknown gradient source "guess"/],
  [['gate', '--draws', '-1'], /--draws takes a whole number/],
  [['gate', '--seed', '1.5'], /--seed takes a whole number/],
])('%j is refused', async (args, message) => {
  const { code, stdout, stderr } = await zooHere(['gradcheck', ...args, '--json'], directory);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 2 } });
});
