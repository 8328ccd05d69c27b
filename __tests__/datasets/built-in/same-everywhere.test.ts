/**
 * One seed draws the same on every machine and in every version: published figures rest on it. Whoever changes what is
 * drawn changes these digests, and measures the figures anew.
 */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { drawBreastCancer } from '../../../datasets/built-in/breast-cancer.ts';
import { drawDigits } from '../../../datasets/built-in/digits.ts';
import { composePicture, drawCat, things } from '../../../datasets/built-in/drawing.ts';
import { RandomState } from '../../../src/utils/random.ts';

const digest = (...pieces: (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex').slice(0, 16);
};

test('digits', () => {
  const { pixels, labels } = drawDigits({ count: 200, seed: 5 });
  expect(digest(pixels, labels)).toBe('f10da7ad4a4287da');
});

test('the table of tumours', () => {
  const { inputs, labels } = drawBreastCancer(5);
  expect(digest(inputs.join(), Uint8Array.from(labels))).toBe('461c65fad4502b1d');
});

test('cats and other things', () => {
  const random = new RandomState(5);
  const drawings = [drawCat, ...things].flatMap((draw) =>
    Array.from({ length: 12 }, () => composePicture(draw, random)),
  );
  expect(digest(...drawings)).toBe('c8ed88392f6d18a6');
});
