import { expect, test } from '@jest/globals';
import { PythonRandom, weightedChoice } from '../../../src/utils/python-random.ts';
import { RandomState } from '../../../src/utils/random.ts';

/** Written by Python 3.12: random.seed(42); random() three times; shuffle; gauss; choices, one after the other. */
test('draws what Python draws from the same seed, distribution after distribution', () => {
  const random = new PythonRandom(42);
  const uniform = [0.6394267984578837, 0.025010755222666936, 0.27502931836911926];
  expect(uniform.map(() => random.random())).toEqual(uniform);
  expect(random.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([9, 7, 8, 0, 4, 6, 5, 1, 2, 3]);
  const normal = [0.4347603342594289, 0.08799290352944543, 0.14759598253598957];
  normal.forEach((value) => expect(random.gauss(0, 1)).toBeCloseTo(value, 15));
  const chosen = [2, 2, 2, 1, 1, 1, 2, 2, 1, 1, 1, 1];
  expect(chosen.map(() => random.choice([1, 2, 3, 0.5]))).toEqual(chosen);
  expect(new PythonRandom(2 ** 32 - 1).random()).toBe(0.6353574441341173);
});

/** Written by NumPy: np.random.RandomState([1, 2, 3]).random_sample(2), RandomState(range(700)).random_sample(1). */
test('an array of seeds gives the stream that NumPy has for it', () => {
  expect([...RandomState.fromArray([1, 2, 3]).rand(2)]).toEqual([0.6098612722867289, 0.8866970434146851]);
  const many = Array.from({ length: 700 }, (_, i) => i);
  expect([...RandomState.fromArray(many).rand(1)]).toEqual([0.867898393018711]);
});

test('a weighted choice takes each index in proportion to its weight, and one of weight 0 never', () => {
  const draws = Array.from({ length: 1000 }, (_, i) => weightedChoice([1, 0, 3], i / 1000));
  expect([0, 1, 2].map((index) => draws.filter((draw) => draw === index).length)).toEqual([250, 0, 750]);
  expect(weightedChoice([1, 1], 1 - Number.EPSILON)).toBe(1);
});
