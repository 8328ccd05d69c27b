import { expect, test } from '@jest/globals';
import { drawGrey } from '../../../../src/cli/shared/prediction-inputs.ts';

test('a letter for two pixels one above the other, the darker the more ink, from the top', () => {
  const rows = [
    [0, 0.5, 1, 0],
    [0, 0.5, 1, 1],
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 1, 1],
  ];
  expect(drawGrey(rows.flat(), 4)).toBe(' +@+\n@+');
});
