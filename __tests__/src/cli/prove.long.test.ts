import { describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import type { ModelProof, OptimizerProof } from '../../../src/gradcheck/proof/index.ts';
import { zoo } from '../../helpers/zoo.ts';

interface Document {
  proved: boolean;
  models: ModelProof[];
  optimizers?: OptimizerProof[];
}

const cwd = fileURLToPath(new URL('../../../', import.meta.url));

async function proved(...args: string[]): Promise<Document & { code: number | null }> {
  const { code, stdout } = await zoo(['prove', ...args, '--json', '--quiet'], { cwd });
  return { code, ...(JSON.parse(stdout) as Document) };
}

test('the whole zoo and its optimizers are proved in one command', async () => {
  const { code, proved: all, models, optimizers } = await proved();
  expect({ code, all }).toEqual({ code: 0, all: true });
  expect(new Set(models.map(({ model }) => model)).size).toBeGreaterThanOrEqual(7);
  for (const { verdict, bound, points, primes, referee, parameters } of models) {
    expect({ verdict, referee }).toEqual({ verdict: 'equal', referee: 'slope' });
    expect(bound).toBeLessThanOrEqual(1e-30);
    expect(primes).toHaveLength(points);
    expect(parameters.length).toBeGreaterThan(0);
  }
  expect(optimizers?.map(({ optimizer }) => optimizer)).toEqual(
    expect.arrayContaining(['momentum', 'adam', 'rmsprop', 'adagrad']),
  );
}, 120_000);

test("document 003's error is different, with the diagnosis beside it, and exit code 1", async () => {
  const { code, models } = await proved('breast-cancer', '--as-printed', '--points', '4', '--l1', '0.1');
  expect(code).toBe(1);
  expect(models).toHaveLength(1);
  expect(models[0].options).toMatchObject({ l1: 0.1, asPrinted: true });
  const wrong = models[0].parameters.filter(({ verdict }) => verdict === 'different');
  expect(wrong.map(({ name }) => name)).toEqual(['hiddenBias']);
  expect(wrong[0].diagnosis).toMatch('not over the units too');
}, 60_000);

test('a model of your own is proved, the same with the same seed, told in 80 columns', async () => {
  const run = () => zoo(['prove', 'examples/my-first-gradient.ts', '--seed', '5eed', '--quiet'], { cwd });
  const [{ code, stdout }, again] = [await run(), await run()];
  expect(code).toBe(0);
  expect(stdout).toMatch(/my-first-gradient: equal/);
  expect(stdout).toMatch(/--seed 5eed repeats it/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const withoutSeconds = (text: string): string => text.replace(/\d+\.\d s/g, '# s');
  expect(withoutSeconds(again.stdout)).toBe(withoutSeconds(stdout));
}, 60_000);

describe('what it refuses, in one sentence', () => {
  test.each([
    [['gate', '--all'], /Name models or say --all, not both/],
    [['gate', '--seed', 'xyz'], /--seed takes 1 to 32 hexadecimal digits/],
    [['nonsense'], /Unknown model "nonsense"/],
    [['./missing.ts'], /File not found: \.\/missing\.ts/],
    [['points', '--features', '7'], /its forward pass fails for 7 features/],
  ])(
    '%j',
    async (args, message) => {
      const { code, stdout, stderr } = await zoo(['prove', ...args], { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(message);
    },
    60_000,
  );
});
