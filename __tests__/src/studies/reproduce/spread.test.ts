import { expect, test } from '@jest/globals';
import { predictionInterval, spreadRow } from '../../../../src/studies/reproduce/spread.ts';

// from scipy import stats; n = 5; x = [2.1, 2.4, 2.3, 2.6, 2.5]
// np.mean(x) + np.array([-1, 1]) * stats.t.ppf(0.995, n - 1) * np.std(x, ddof=1) * np.sqrt(1 + 1 / n)
const draws = [2.1, 2.4, 2.3, 2.6, 2.5];

test('the prediction interval is that of one more draw from a normal distribution', () => {
  const [low, high] = predictionInterval(draws);
  expect([low, high]).toEqual([expect.closeTo(1.4099, 3), expect.closeTo(3.3501, 3)]);
});

test('a printed number within it is reproduced, one outside is not', () => {
  const row = (printed: string) => spreadRow({ document: '000', item: 'test cost', printed }, draws);
  expect(row('2.4')).toMatchObject({ ours: 2.4, reproduced: true });
  expect(row('3.3')).toMatchObject({ ours: 2.4, reproduced: true });
  expect(row('3.4')).toMatchObject({ ours: 2.4, reproduced: false });
});

test('a number that was cut off may be anything that begins like it', () => {
  const row = (printed: string) =>
    spreadRow({ document: '000', item: 'test cost', printed }, draws, 'cut off').reproduced;
  expect([row('1'), row('1.3'), row('1.4'), row('3'), row('3.4')]).toEqual([true, false, true, true, false]);
});
