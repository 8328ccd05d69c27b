/** A sample of the mistakes that mutants.long.test.ts plants in the gradients of every model. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { smallSequences, smallZoo } from '../../helpers/small-zoo.ts';
import { blamedByCheck, missedByCheck, missedByProof, mutantsOf } from './mutants.ts';

beforeAll(async () => {
  await useBackend('float64');
});

test('every model of the zoo is tested', () => {
  expect(new Set([...smallZoo, ...smallSequences].map(({ title }) => title.split(', ')[0]))).toEqual(
    new Set(Object.keys(models)),
  );
});

const takeLong = ['lenet', 'mlp, tanh with dropout'];

describe.each(smallZoo.filter(({ title }) => !takeLong.includes(title)))('$title', (small) => {
  test('has correct gradients', () => {
    expect(blamedByCheck(small, small.model)).toEqual([[], []]);
  });

  test('every twelfth mistake is found by the check', () => {
    const mutants = mutantsOf(small);
    expect(mutants.length).toBeGreaterThan(25);
    const sample = mutants.filter((_, i) => i % 12 === smallZoo.indexOf(small));
    expect(missedByCheck(small, sample)).toEqual([]);
  });
});

test('every fourth mistake in gate is found by the proof', () => {
  const [gate] = smallZoo;
  const sample = mutantsOf(gate).filter((_, i) => i % 4 === 0);
  expect(missedByProof(gate, sample)).toEqual([]);
});

describe.each(smallSequences.filter(({ title }) => title !== 'gpt, layer'))('$title', (small) => {
  test('has correct gradients', () => {
    expect(blamedByCheck(small, small.model)).toEqual([[], []]);
  });

  test('a mistake that was really made is found by the check and by the proof', () => {
    const [, , ...others] = mutantsOf(small);
    const sample = others.slice(-1);
    expect(sample).toHaveLength(1);
    expect([missedByCheck(small, sample), missedByProof(small, sample)]).toEqual([[], []]);
  });
});
