import { expect, test } from '@jest/globals';
import { InputError } from '../../../src/utils/errors.ts';
import { normal, uniform, zeros } from '../../../src/model/initializers.ts';
import { RandomState } from '../../../src/utils/random.ts';

const shape = [20, 30];
const random = () => new RandomState(3);

test('are as many as the shape says, drawn as NumPy draws them', () => {
  expect(zeros(shape)).toEqual({ shape, values: new Float64Array(600) });
  expect(normal(shape, random(), 0.5)).toEqual({ shape, values: random().normal(0, 0.5, 600) });
  expect(uniform(shape, random(), -2, 3)).toEqual({ shape, values: random().uniform(-2, 3, 600) });
  const { values } = uniform(shape, random());
  expect([values.length, values.every((value) => value >= 0 && value < 1)]).toEqual([600, true]);
  expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.9);
});

test('a shape beyond all models is refused before memory is taken', () => {
  expect(() => zeros([2 ** 13, 2 ** 13])).toThrow(
    new InputError('A parameter of shape [8192, 8192] is too large: the most is 33554432 values.'),
  );
});
