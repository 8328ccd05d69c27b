import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitStandardizer, standardize } from '../../../src/data/standardize.ts';

/**
 * s = StandardScaler().fit(x); s.mean_.tolist(), s.scale_.tolist(), s.transform(x).tolist() of scikit-learn for
 * x = np.array([[1, 5, 0.1, 1e9], [2, 5, 0.1, 1e9 + 1], [4, 5, 0.1, 1e9]]): two features do not vary, one of
 * them only up to rounding, and one is tiny beside its mean.
 */
test('equals StandardScaler', () => {
  const x = Float64Array.of(1, 5, 0.1, 1e9, 2, 5, 0.1, 1e9 + 1, 4, 5, 0.1, 1e9);
  const fitted = fitStandardizer(x, 4);
  expect(fitted).toEqual({
    kind: 'standardise',
    mean: [2.3333333333333335, 5, 0.10000000000000002, 1000000000.3333334],
    scale: [1.247219128924647, 1, 1, 0.4714045207910317],
  });
  expect(Array.from(standardize(x, fitted))).toEqual([
    -1.0690449676496978, 0, -1.3877787807814457e-17, -0.7071068654802446, -0.2672612419124245, 0,
    -1.3877787807814457e-17, 1.414213478079398, 1.3363062095621219, 0, -1.3877787807814457e-17,
    -0.7071068654802446,
  ]);
});

test('standardised columns have mean 0 and variance 1', () => {
  const column = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(column, (values) => {
      const x = Float64Array.from(values.flatMap((value, row) => [value, row]));
      const z = standardize(x, fitStandardizer(x, 2));
      for (const feature of [0, 1]) {
        const column = z.filter((_, i) => i % 2 === feature);
        const mean = column.reduce((sum, v) => sum + v, 0) / column.length;
        const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / column.length;
        const varies = new Set(x.filter((_, i) => i % 2 === feature)).size > 1 && variance > 1e-9;
        if (varies) expect(variance).toBeCloseTo(1, 6);
        expect(mean).toBeCloseTo(0, 6);
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});

test.each([[0], [3]])('%d values are no rows of two features', (count) => {
  expect(() => fitStandardizer(new Float64Array(count), 2)).toThrow(RangeError);
});
