import { expect, jest, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelReport } from '../../../src/gradcheck/check.ts';
import { zooHere } from '../../helpers/zoo-here.ts';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

interface Document {
  agrees: boolean;
  models: ModelReport[];
}

/** A directory outside of this project. */
const directory = temporaryDirectory();

/** A user's file is loaded by Node in a separate process. */
const gradcheck = (...args: string[]) =>
  args[0].startsWith('.')
    ? zoo(['gradcheck', ...args], { cwd: directory })
    : zooHere(['gradcheck', ...args], directory);

const checked = async (...args: string[]) => {
  const { code, stdout } = await gradcheck(...args, '--json', '--quiet');
  return { code, ...(JSON.parse(stdout) as Document) };
};

test('several models are checked in one run, every parameter within the tolerances', async () => {
  const { code, agrees, models } = await checked('gate', 'points', '--draws', '1');
  expect({ code, agrees, names: models.map(({ model }) => model) }).toEqual({
    code: 0,
    agrees: true,
    names: ['gate', 'points'],
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

test('the limit of a proof counts time of the processor, not of the clock', async () => {
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 20_000));
  try {
    const { stdout } = await gradcheck('gate', '--draws', '1');
    expect(stdout).toContain('1 of 1 proved equal');
  } finally {
    clock.mockRestore();
  }
});

test("document 003's error is found in hiddenBias alone", async () => {
  const { code, models } = await checked(
    ...['breast-cancer', '--as-printed', '--units', '2', '--features', '4', '--draws', '1'],
  );
  expect(code).toBe(1);
  const wrong = models[0].parameters.filter(({ agrees }) => !agrees);
  expect(wrong.map(({ name }) => name)).toEqual(['hiddenBias']);
  expect(wrong[0].hint).toMatch(/^manual differs from both others.*not over the units too/);
  const { manual, autodiff, numeric } = wrong[0].worst;
  expect(numeric).toBeCloseTo(autodiff!, 8);
  expect(Math.abs(manual! - autodiff!)).toBeGreaterThan(1e-3);
});

test('options choose backend, sources and settings', async () => {
  const { code, models } = await checked(
    ...['breast-cancer', '--units', '2', '--l1', '0.3', '--backend', 'wasm', '--features', '4'],
    ...['--gradients', 'manual,autodiff', '--draws', '1', '--seed', '5'],
  );
  expect(code).toBe(0);
  expect(models[0]).toMatchObject({ backend: 'wasm', seed: 5, sources: ['manual', 'autodiff'] });
  expect(models[0].parameters[0].shape).toEqual([4, 2]);
  expect(models[0].parameters[0].manualVsNumeric).toBeUndefined();
  expect(models[0].parameters[0].manualVsAutodiff?.normwise).toBeLessThanOrEqual(1e-5);
});

test('a tolerance that is too small makes the check fail', async () => {
  expect((await checked('gate', '--tolerance', '1e-30', '--draws', '1')).code).toBe(1);
});

// Correct and unreadable files: gradcheck.long.test.ts.
test("a mistake in a user's model is found", async () => {
  const example = await readFile(new URL('../../../examples/my-first-gradient.ts', import.meta.url), 'utf8');
  const mistaken = example.replace('hidden.square().neg()', 'hidden.neg()');
  expect(mistaken).not.toBe(example);
  await writeFile(join(directory, 'wrong.ts'), mistaken);
  const { code, models } = await checked('./wrong.ts', '--draws', '1');
  expect(code).toBe(1);
  expect(models[0].parameters.filter(({ agrees }) => !agrees).map(({ name }) => name)).toEqual([
    'hiddenWeights',
    'hiddenBias',
  ]);
});

test.each([
  [['nonsense'], /Unknown model "nonsense"\. Known: gate/],
  [['gate', '--gradients', 'manual'], /needs at least two/],
  [['gate', '--gradients', 'manual,guess'], /Unknown gradient source "guess"/],
])('%j is refused', async (args, message) => {
  const { code, stdout, stderr } = await zooHere(['gradcheck', ...args, '--json'], directory);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 2 } });
});
