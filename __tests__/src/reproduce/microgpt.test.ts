/** microgpt on its own names, where these are at hand; what needs none of them always. */
import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bigramLoss, makemore, microgpt, runMicrogpt } from '../../../src/reproduce/microgpt.ts';
import { contextWithoutData } from '../../helpers/reproduction.ts';

const { ZOO_DATA_DIR: dataDir = '' } = process.env;
const isHere = existsSync(join(dataDir, 'names/names.txt'));
const data = { data: 'dir', dataDir, cacheDir: '' } as const;

test('without its names, each of the 1 020 and of the 2 numbers says that it needs them', async () => {
  const context = contextWithoutData('float64');
  const rows = [await microgpt(context), await makemore(context)].map(({ rows }) => rows!);
  expect(rows.map(({ length }) => length)).toEqual([1020, 2]);
  expect(rows.flat().every(({ needsData }) => needsData === 'names: not here')).toBe(true);
});

test('a character that differs makes a name differ, from there on', async () => {
  const outcome = {
    losses: new Array<number>(1000).fill(3),
    names: new Array<string>(20).fill('kamoo'),
    initial: {},
    gradients: {},
  };
  const runMicrogptHere = () => Promise.resolve(outcome);
  const context = { ...contextWithoutData('float64'), missingData: () => Promise.resolve(undefined) };
  const { rows } = await microgpt({ ...context, runMicrogpt: runMicrogptHere });
  // Printed: kamon.
  expect(rows!.at(-20)).toMatchObject({ printed: 5, ours: 4, reproduced: false });
  expect(rows!.filter(({ reproduced }) => reproduced)).toEqual([]);
});

test('the bigram loss is the mean of −log of the shares', () => {
  // .a a. twice and .b b. once: a and b end names, the boundary is followed by a twice and by b once.
  expect(bigramLoss(['a', 'a', 'b'], 0)).toBeCloseTo((-2 * Math.log(2 / 3) - Math.log(1 / 3)) / 6, 12);
  // With 1 added to each of the three characters that can follow.
  const [afterBoundary, afterA, afterB] = [
    -2 * Math.log(3 / 6) - Math.log(2 / 6),
    -2 * Math.log(3 / 5),
    -Math.log(2 / 4),
  ];
  expect(bigramLoss(['a', 'a', 'b'], 1)).toBeCloseTo((afterBoundary + afterA + afterB) / 6, 12);
});

(isHere ? test : test.skip)(
  'on the names of ZOO_DATA_DIR, initial weights, first gradients and losses are those of a NumPy version',
  async () => {
    const { initial, gradients, losses } = await runMicrogpt({ backend: 'float64', data, steps: 3 });
    expect(losses).toEqual(
      [3.36596694758, 3.42427278387, 3.17780212546].map((loss) => expect.closeTo(loss, 10)),
    );
    const sumOf = ({ values }: { values: Float64Array }) => values.reduce((a, b) => a + b);
    const normOf = ({ values }: { values: Float64Array }) => Math.hypot(...values);
    expect(Array.from(initial.tokenEmbedding.values.subarray(0, 2))).toEqual(
      [-0.04273180935726127, 0.07696138795865093].map((value) => expect.closeTo(value, 15)),
    );
    const sums = {
      tokenEmbedding: 3.245596887290055,
      positionEmbedding: 1.9670401170227612,
      projection1: -2.5958123465442378,
    };
    for (const [name, sum] of Object.entries(sums)) expect(sumOf(initial[name])).toBeCloseTo(sum, 11);
    const norms = {
      outputWeights: 1.516805175940839,
      projection1: 0.1768778033439493,
      hidden1: 0.19733838369611253,
      attentionOutput1: 0.08801607909030539,
      query1: 0.008782769105961825,
      key1: 0.005828840779402988,
      value1: 0.07774425199330415,
      tokenEmbedding: 0.9659975468469847,
      positionEmbedding: 0.9659975468469847,
    };
    for (const [name, norm] of Object.entries(norms)) expect(normOf(gradients[name])).toBeCloseTo(norm, 12);
    const first = [-0.001635032145011099, 0.0015954385178407115, 0.012464467334728295, 0.0017132403803539209];
    expect(Array.from(gradients.value1.values.subarray(0, 4))).toEqual(
      first.map((value) => expect.closeTo(value, 14)),
    );
  },
);
