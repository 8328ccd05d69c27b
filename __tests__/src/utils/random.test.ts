import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { RandomState } from '../../../src/utils/random.ts';

/**
 * Written by NumPy: r = np.random.RandomState(seed); r.rand(5); r.randn(5); r.permutation(10);
 * r.choice(60000, 5); r.normal(2, 3, 3); r.uniform(-10, 10, 3); r.randint(0, 100, 5), one after the other;
 * `fresh…` keys start again from the seed.
 */
const { seeds } = JSON.parse(
  readFileSync(new URL('../../fixtures/numpy-random-state.json', import.meta.url), 'utf8'),
) as { seeds: Record<string, Record<string, number[]>> };

/** NumPy's C `log` and V8's differ in the last place now and then; nothing else does. */
function expectWithin4Ulp(ours: Float64Array, numpy: number[]) {
  expect(ours).toHaveLength(numpy.length);
  ours.forEach((value, i) => {
    expect(Math.abs(value - numpy[i]) / (Math.abs(numpy[i]) * Number.EPSILON)).toBeLessThan(4);
  });
}

describe.each(Object.keys(seeds))('NumPy RandomState(%s)', (seed) => {
  const expected = seeds[seed];

  test('one stream, distribution after distribution', () => {
    const random = new RandomState(Number(seed));
    expect(Array.from(random.rand(5))).toEqual(expected.rand5);
    expectWithin4Ulp(random.randn(5), expected.thenRandn5);
    expect(Array.from(random.permutation(10))).toEqual(expected.thenPermutation10);
    expect(Array.from(random.choice(60000, 5))).toEqual(expected.thenChoice60000x5);
    expectWithin4Ulp(random.normal(2, 3, 3), expected.thenNormal_2_3x3);
    expect(Array.from(random.uniform(-10, 10, 3))).toEqual(expected['thenUniform_-10_10x3']);
    expect(Array.from(random.randint(0, 100, 5))).toEqual(expected.thenRandint0_100x5);
  });

  test('fresh streams', () => {
    const random = new RandomState(Number(seed));
    expectWithin4Ulp(random.randn(3), expected.freshRandn3);
    expect(Array.from(random.rand(2))).toEqual(expected.thenRand2);
    expect(Array.from(new RandomState(Number(seed)).permutation(20))).toEqual(expected.freshPermutation20);
  });
});

test('randint over all 32 bits', () => {
  // Written by NumPy: r = np.random.RandomState(1), then these, one after the other.
  const random = new RandomState(1);
  expect([...random.randint(0, 2 ** 32 - 1, 5)]).toEqual([
    1791095845, 4282876139, 3093770124, 4005303368, 491263,
  ]);
  expect([...random.randint(-5, -5 + 2 ** 32, 5)]).toEqual([
    550290308, 1298508486, 4290846336, 630311754, 1013994427,
  ]);
  expect([...random.randint(0, 100, 3)]).toEqual([16, 1, 76]);
  expect([...random.randint(2 ** 32, 2 ** 32 + 7, 3)]).toEqual([4294967301, 4294967300, 4294967302]);
});

test.each([
  [3, 3],
  [0, 2 ** 32 + 1],
  [0.5, 3],
  [0, NaN],
])('refuses randint(%p, %p)', (low, high) => {
  expect(() => new RandomState(1).randint(low, high, 1)).toThrow('low < high ≤ low + 2³²');
});

test('a restored snapshot continues the stream, mid-pair of normals included', () => {
  fc.assert(
    fc.property(fc.nat(1500), fc.nat(7), (uniforms, normals) => {
      const random = new RandomState(5);
      const beginning = random.snapshot();
      random.rand(uniforms);
      random.randn(normals);
      expect(RandomState.restore(beginning).rand(3)).toEqual(new RandomState(5).rand(3));
      const restored = RandomState.restore(
        JSON.parse(JSON.stringify(random.snapshot())) as ReturnType<typeof random.snapshot>,
      );
      expect(restored.randn(5)).toEqual(random.randn(5));
    }),
  );
});

test.each([-1, 1.5, 2 ** 32, NaN])('refuses the seed %p', (seed) => {
  expect(() => new RandomState(seed)).toThrow('seed must be an integer from 0 to 4294967295');
});
