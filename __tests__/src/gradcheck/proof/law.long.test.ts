/**
 * The law behind the bound, with primes so small that coincidences happen all the time: a difference of degree d is missed
 * at no more than d of p/2 points, and so p·misses stays where it is while p grows.
 */
import { describe, expect, test } from '@jest/globals';
import { withField, type FieldBackend } from '../../../../src/backend/field/index.ts';
import { drawPoint, type ProofShape, randomNumbers } from '../../../../src/gradcheck/proof/points.ts';
import { Retry, visit } from '../../../../src/gradcheck/proof/references.ts';
import type { Model } from '../../../../src/model/model.ts';
import { initialOf } from '../../../../src/model/parameters.ts';
import { tf } from '../../../../src/utils/tf.ts';
import { fieldOf } from '../../backend/field/support.ts';
import { smallSequences } from '../../../helpers/small-zoo.ts';
import { sequenceMutantsOf } from '../sequence-mistakes.ts';
import { lineWith } from './toy-models.ts';

const chains = [
  [23, 11, 5],
  [167, 83, 41],
  [359, 179, 89],
];

const ofLine = {
  shape: { features: 1, classes: 2, rows: 1, parameters: { weights: [1, 1], bias: [1] } },
  name: 'weights',
};

/** How often a random point shows no difference, of those at which everything is defined. */
function shareMissed(
  model: Model,
  primes: number[],
  visits: number,
  random: () => number,
  { shape, name }: { shape: ProofShape; name: string } = ofLine,
): number {
  let [defined, missed, draws] = [0, 0, 0];
  const drawn = { roots: true, exponentials: true };
  while (defined < visits) {
    const field = fieldOf({ primes, hasLogarithms: false, hasFractions: true, drawn }, String(draws++));
    const look = (backend: FieldBackend): boolean => {
      let differs = false;
      tf.tidy(() => {
        const point = drawPoint(backend, model, shape, random, { labels: [1] });
        const needs = { reference: 'slope' as const, needsAutodiff: false };
        const { differences } = visit(backend, model, point, [name], needs, random);
        differs = name in differences;
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

test('so it is with drawn roots and exponentials: a norm without its second term in a GPT', () => {
  const small = smallSequences.find(({ title }) => title === 'gpt, rms')!;
  const { model } = sequenceMutantsOf(small).find(({ mistake }) => /^the norm.*dropped$/.test(mistake))!;
  const size = { features: 2, classes: 4 };
  const parameters = Object.fromEntries(
    Object.entries(initialOf(model, size)).map(([name, { shape }]) => [name, shape]),
  );
  const about = { shape: { ...size, rows: 2, parameters }, name: 'value1' };
  const visits = 200;
  for (const primes of chains.slice(0, 2)) {
    const [p] = primes;
    const misses = shareMissed(model, primes, visits, randomNumbers('1a3'), about);
    expect(Math.abs(misses - 2 / p)).toBeLessThan(4 * Math.sqrt(2 / p / visits) + 3 / p ** 2);
  }
});
