import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { counted, dashed, percent, shellWord } from '../../../src/core/text.ts';

test('numbers and names read well', () => {
  expect([0, 0.12345, 1].map((share) => percent(share))).toEqual(['0.00 %', '12.35 %', '100.00 %']);
  expect(percent(0.5, 0)).toBe('50 %');
  expect([0, 1, 2].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows']);
  expect(dashed('learningRate')).toBe('learning-rate');
});

test('a shell reads back every word', () => {
  const words = fc
    .sample(fc.string({ unit: 'binary-ascii' }), { numRuns: 300, seed: 7 })
    .map((word) => word.replaceAll('\0', ''));
  const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
  expect(execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1)).toEqual(words);
});
