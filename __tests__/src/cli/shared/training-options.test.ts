import { expect, test } from '@jest/globals';
import { checkpointEvery } from '../../../../src/cli/shared/training-options.ts';

test.each([
  ['30s', { seconds: 30 }],
  ['1s', { seconds: 1 }],
  ['500', { steps: 500 }],
  ['0', undefined],
  ['0s', undefined],
  ['999999999', { steps: 999_999_999 }],
])('accepts --checkpoint-every %s', (words, meaning) => expect(checkpointEvery(words)).toEqual(meaning));

test.each(['', 's', '-1', '1.5', '30m', '30 s', '1234567890', '1e3'])(
  'rejects --checkpoint-every %j',
  (words) => expect(() => checkpointEvery(words)).toThrow('--checkpoint-every takes steps such as 500'),
);
