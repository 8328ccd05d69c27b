/** The kept runs of sabotaged programs are what these programs give: a part of them is run again. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import { roundedDraws, type SabotagedDraws } from '../../../src/reproduce/evidence.ts';
import { drawOf, experimentJob, experiments } from '../../../src/reproduce/experiments.ts';
import { sabotageNames, sabotages } from '../../../src/reproduce/sabotage.ts';
import kept from '../../../src/reproduce/sabotaged-draws.json' with { type: 'json' };
import { runTrainingJob } from '../../../src/reproduce/training-job.ts';
import type { Row } from '../../../src/reproduce/types.ts';
import { zoo } from '../../helpers/zoo.ts';

const { made, draws } = kept as unknown as {
  made: { seeds: number; firstSeed: Record<'decide' | 'test', number> };
  draws: Record<'decide' | 'test', SabotagedDraws>;
};
const context = { fastBackend: 'wasm' as const, data: { data: 'built-in' as const, cacheDir: '' } };

beforeAll(() => useBackend('wasm'));

describe.each(sabotageNames)('under %s', (name) => {
  // One that learns, one that does not, one that learns with some seeds only; two seeds each, of both sets.
  test.each([
    ['11', 'decide', 0],
    ['12', 'decide', 7],
    ['18', 'test', 3],
  ] as const)('experiment %s gives what was kept, %s %s', async (number, set, row) => {
    const seed = made.firstSeed[set] + 2 * row;
    const job = sabotages[name].plant(experimentJob(context, experiments[Number(number) - 1], seed));
    const again = roundedDraws({ [number]: [drawOf(await runTrainingJob(job))] })[number][0];
    const numbers = draws[set][name][number][row];
    expect(again).toEqual(numbers.map((x) => (x === null ? null : expect.closeTo(x, 2))));
  });
});

test('the whole command notices half the epochs: hardly a number is reproduced, exit code 1', async () => {
  const options = ['--sabotage', 'half-epochs', '--seeds', '8', '--backend', 'wasm', '--json'];
  const { code, stdout, stderr } = await zoo(['reproduce', '000', ...options]);
  const { rows } = JSON.parse(stdout) as { rows: Row[] };
  const counting = rows.filter(({ evidence }) => evidence);
  expect(counting.length).toBeGreaterThan(100);
  expect(counting.filter(({ reproduced }) => reproduced).length).toBeLessThanOrEqual(counting.length / 10);
  expect(stderr).toContain('half the epochs');
  expect(code).toBe(1);
}, 600_000);
