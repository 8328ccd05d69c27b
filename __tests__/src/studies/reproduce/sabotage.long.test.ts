/** The kept runs of sabotaged programs are what these programs give: a part of them is run again. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { roundedDraws, type SabotagedDraws } from '../../../../src/studies/reproduce/evidence.ts';
import { drawOf, experimentJob, experiments } from '../../../../src/studies/reproduce/experiments.ts';
import { sabotageNames, sabotages } from '../../../../src/studies/reproduce/sabotage.ts';
import kept from '../../../../src/studies/reproduce/sabotaged-draws.json' with { type: 'json' };
import { runTrainingJob } from '../../../../src/studies/reproduce/training-job.ts';

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
