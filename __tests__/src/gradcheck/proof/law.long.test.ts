/**
 * The law behind the bound, with primes so small that coincidences happen all the time: a difference of degree d is missed
 * at no more than d of p/2 points, and so p·misses stays where it is while p grows.
 */
import { describe, expect, test } from '@jest/globals';
import { withField, type FieldBackend } from '../../../../src/backend/field/index.ts';
import { drawPoint, randomNumbers } from '../../../../src/gradcheck/proof/points.ts';
import { Retry, visit } from '../../../../src/gradcheck/proof/references.ts';
import type { Model } from '../../../../src/model/model.ts';
import { tf } from '../../../../src/utils/tf.ts';
import { fieldOf } from '../../backend/field/support.ts';
import { lineWith } from './toy-models.ts';

const chains = [
  [23, 11, 5],
  [167, 83, 41],
  [359, 179, 89],
];

/** How often a random point shows no difference, of those at which everything is defined. */
function shareMissed(model: Model, primes: number[], visits: number, random: () => number): number {
  let [defined, missed] = [0, 0];
  const shape = { features: 1, classes: 2, rows: 1, parameters: { weights: [1, 1], bias: [1] } };
  while (defined < visits) {
    const field = fieldOf({ primes, hasLogarithms: false }, String(defined));
    const look = (backend: FieldBackend): boolean => {
      let differs = false;
      tf.tidy(() => {
        const point = drawPoint(backend, model, shape, random, { labels: [1] });
        const needs = { reference: 'slope' as const, needsAutodiff: false };
        const { differences } = visit(backend, model, point, ['weights'], needs, random);
        differs = 'weights' in differences;
      });
      return differs;
    };
    try {
      if (!withField(field, look)) missed++;
      defined++;
    } catch (error) {
      if (!(error instanceof Retry)) throw error;
    }
  }
  return missed / visits;
}

describe('a wrong gradient of one weight is missed where', () => {
  // w + 3 = 0, or where the random direction is 0: twice in p. The square vanishes as often: a zero counts once.
  test.each<[string, Model, number]>([
    ['w + 3 is 0', lineWith((g, { parameters }) => g.add(parameters.weights.add(3))), 2],
    ['(w + 3)² is 0', lineWith((g, { parameters }) => g.add(parameters.weights.add(3).square())), 2],
    [
      '(w + 3)(x + 5) is 0',
      lineWith((g, { parameters, x }) => g.add(tf.matMul(parameters.weights.add(3), x.add(5)))),
      3,
    ],
  ])('%s', (_, model, expected) => {
    const visits = 400;
    for (const primes of chains) {
      const [p] = primes;
      const misses = shareMissed(model, primes, visits, randomNumbers('1a3'));
      const deviation = Math.sqrt(expected / p / visits);
      expect(Math.abs(misses - expected / p)).toBeLessThan(4 * deviation + 3 / p ** 2);
    }
  });
});
