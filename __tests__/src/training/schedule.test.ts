/** The laws of a rate that falls. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Recipe } from '../../../src/model/recipe.ts';
import { EarlyStopping } from '../../../src/training/early-stopping.ts';
import { LastGood } from '../../../src/training/last-good.ts';
import { learningRateAt } from '../../../src/training/learning-rate.ts';
import type { EpochRecord, TrainingState } from '../../../src/training/types.ts';

const rate = fc.double({ min: 1e-6, max: 10, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const at = (decay: Recipe['decay'], learningRate: number, done: number) =>
  learningRateAt({ learningRate, decay }, done) / learningRate;

test('without decay the rate stays what it is', () => {
  fc.assert(
    fc.property(rate, share, (r, done) =>
      expect(learningRateAt({ learningRate: r, decay: 'none' }, done)).toBe(r),
    ),
  );
});

describe.each(['linear', 'cosine'] as const)('%s', (decay) => {
  test('begins at the whole rate, is half-way at one half, and reaches 0 at the end', () => {
    fc.assert(
      fc.property(rate, (r) => {
        expect(at(decay, r, 0)).toBeCloseTo(1, 12);
        expect(at(decay, r, 0.5)).toBeCloseTo(0.5, 12);
        expect(at(decay, r, 1)).toBeCloseTo(0, 12);
      }),
    );
  });

  test('only ever falls, as much before the middle as after it', () => {
    fc.assert(
      fc.property(rate, share, share, (r, a, b) => {
        expect(at(decay, r, Math.max(a, b))).toBeLessThanOrEqual(at(decay, r, Math.min(a, b)));
        expect(at(decay, r, a) + at(decay, r, 1 - a)).toBeCloseTo(1, 12);
      }),
    );
  });
});

test('a cosine falls slowly at its ends, unlike a line', () => {
  expect(at('cosine', 1, 0.1)).toBeGreaterThan(at('linear', 1, 0.1) + 0.05);
  expect(at('cosine', 1, 0.9)).toBeLessThan(at('linear', 1, 0.9) - 0.05);
});

test('one cycle rises in a line from a tenth for a quarter of the run, then falls along half a cosine to 0', () => {
  fc.assert(
    fc.property(rate, share, (r, part) => {
      expect(at('one-cycle', r, part / 4)).toBeCloseTo(0.1 + 0.9 * part, 12);
      expect(at('one-cycle', r, 0.25 + 0.75 * part)).toBeCloseTo(at('cosine', r, part), 12);
    }),
  );
});

const weights = (value: number) => ({ w: { shape: [1], values: Float64Array.of(value) } });
const record = (epoch: number, validationLoss?: number): EpochRecord => ({
  ...{ epoch, loss: 1, seconds: 0 },
  validationLoss,
});

describe('stopping early', () => {
  /** After which epoch it is over, and with the weights of which. */
  function course(patience: number, losses: (number | undefined)[]) {
    const stopping = new EarlyStopping(patience);
    const history: EpochRecord[] = [];
    for (const [i, loss] of losses.entries()) {
      history.push(record(i + 1, loss));
      stopping.consider(history[i], weights(i + 1));
      if (stopping.isOver(history)) return [i + 1, stopping.best?.epoch];
    }
    return ['never', stopping.best?.epoch];
  }

  test('waits so many records for a lower loss, and has the best weights', () => {
    expect(course(2, [3, 2, 2, 2.5, 1])).toEqual([4, 2]);
    expect(course(2, [3, 2, 2.5, 1, 1.5, 1.5])).toEqual([6, 4]);
    expect(course(1, [1, 1])).toEqual([2, 1]);
    expect(course(3, [3, 2, 2, 2])).toEqual(['never', 2]);
  });

  test('never where it has no patience or nothing to look at', () => {
    expect(course(0, [1, 2, 3, 4])).toEqual(['never', undefined]);
    expect(course(1, [undefined, undefined, undefined])).toEqual(['never', undefined]);
    expect(course(2, [NaN, NaN, 1])).toEqual(['never', 3]);
  });

  test('goes on from the best epoch of before', () => {
    const best = { epoch: 3, validationLoss: 0.5, parameters: weights(3) };
    const stopping = new EarlyStopping(2, best);
    stopping.consider(record(4, 0.6), weights(4));
    expect([stopping.best, stopping.isOver([record(3, 0.5), record(4, 0.6)])]).toEqual([best, false]);
    expect(stopping.isOver([record(3, 0.5), record(4, 0.6), record(5, 0.6)])).toBe(true);
    stopping.consider(record(6, 0.4), weights(6));
    expect(stopping.best).toEqual({ epoch: 6, validationLoss: 0.4, parameters: weights(6) });
  });
});

describe('the last good state', () => {
  const state = (epoch: number, memory = 0, history: EpochRecord[] = []) =>
    ({
      ...{ epoch, step: 10 * epoch, seconds: epoch / 10, parameters: weights(epoch), history },
      optimizer: { velocity: { shape: [1], values: [memory] } },
    }) as unknown as TrainingState;
  const history = [1, 2, 3].map((epoch) => record(epoch));

  test('is that of a record after which the next step found no more loss than the first', () => {
    const good = new LastGood(state(0));
    good.judge(5);
    for (const [epoch, loss] of [
      [1, 4],
      [2, 5],
      [3, 5.1],
    ]) {
      // prettier-ignore
      good.consider(state(epoch));
      good.judge(loss);
    }
    good.judge(0);
    const { epochs, steps, seconds, parameters, interrupted, history: all } = good.result(history);
    expect([epochs, steps, seconds, parameters]).toEqual([2, 20, 0.2, weights(2)]);
    expect(interrupted?.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(all).toBe(history);
  });

  test('is none whose optimiser remembers what is no number', () => {
    const good = new LastGood(state(0));
    good.judge(5);
    good.consider(state(1, Infinity));
    good.judge(1);
    expect(good.result(history).epochs).toBe(0);
  });

  test('is measured by the first loss of all, where training continues', () => {
    const good = new LastGood(state(1, 0, [{ ...record(1), loss: 2 }]));
    good.judge(1);
    good.consider(state(2));
    good.judge(1.5);
    expect(good.result(history).epochs).toBe(2);
    good.consider(state(3));
    good.judge(2.5);
    expect(good.result(history).epochs).toBe(2);
  });
});
