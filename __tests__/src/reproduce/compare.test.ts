import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { agreeingDigits, agrees, exactRow, readPrinted } from '../../../src/reproduce/compare.ts';

describe('agreeing digits', () => {
  test.each([
    { printed: '0.6886489498071491', ours: 0.6886489498071491, digits: 16 },
    { printed: '0.6886489498071491', ours: 0.68864894980715, digits: 14 },
    { printed: '0.6886489498071491', ours: 0.6886489, digits: 7 },
    { printed: '2.794852', ours: 2.7948524, digits: 7 },
    { printed: '2.794852', ours: 2.7948526, digits: 6 },
    { printed: '0.0001172', ours: 0.00011718, digits: 4 },
    { printed: '278', ours: 278, digits: 3 },
    { printed: '278', ours: 279, digits: 2 },
    { printed: '70.0', ours: 70, digits: 3 },
    { printed: '-2.14871589', ours: 2.14871589, digits: 0 },
    { printed: '0.', ours: 0, digits: 1 },
    { printed: '0.', ours: 1, digits: 0 },
    { printed: '1.5', ours: NaN, digits: 0 },
  ])('$printed and $ours: $digits', ({ printed, ours, digits }) => {
    expect(agreeingDigits(printed, ours)).toBe(digits);
  });

  test('of a number that was rounded to be printed are all that were printed', () => {
    const decimals = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), decimals, (value, places) => {
        const printed = value.toFixed(places);
        if (Number(printed) === 0) return;
        expect(agreeingDigits(printed, value)).toBe(readPrinted(printed).digits);
      }),
    );
  });

  test('rejects what is not a number', () => {
    expect(() => readPrinted('nan')).toThrow('not a printed number');
  });
});

test('float64 needs eight digits or all that were printed, other backends 1e-4', () => {
  expect(agrees('0.6886489498071491', 0.688648951, 'float64')).toBe(true);
  expect(agrees('0.6886489498071491', 0.688649, 'float64')).toBe(false);
  expect(agrees('0.6886489498071491', 0.688649, 'wasm')).toBe(true);
  expect(agrees('0.6886489498071491', 0.6888, 'wasm')).toBe(false);
  expect(agrees('70.0', 70.04, 'float64')).toBe(true);
  expect(agrees('70.0', 70.06, 'float64')).toBe(false);
});

test('a row holds numbers, never text', () => {
  const row = exactRow({ document: '001', item: 'test accuracy in %', printed: '70.0' }, 70, 'float64');
  expect(row).toEqual({
    document: '001',
    item: 'test accuracy in %',
    kind: 'exact',
    printed: 70,
    printedDigits: 3,
    ours: 70,
    digits: 3,
    reproduced: true,
  });
});
