/**
 * Products of long matrices with few columns in plain loops: for these, turning, packing and padding takes longer than
 * the multiplication.
 *
 * `| 0` tells V8 that an index is a 32-bit integer; it then leaves out the tests for larger ones, which take as long as
 * the rest.
 */

interface Sizes {
  m: number;
  n: number;
  k: number;
}

/** Whether {@link narrowTransposedProduct} is the quick way to `[k, n]`. */
export const isNarrowTransposedProduct = (k: number, n: number): boolean => k * n <= 8;

/** `out[m, n] = a[m, k]·b` for k ≤ 2. @param transposeB b lies as `[n, k]` instead of `[k, n]` */
export function narrowProduct(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  { m, n, k, transposeB }: Sizes & { transposeB: boolean },
): void {
  const end = m * n;
  for (let column = 0; column < n; column++) {
    const first = transposeB ? b[column * k] : b[column];
    if (k === 1) {
      for (let i = 0, o = column; o < end; i = (i + 1) | 0, o = (o + n) | 0) out[o] = a[i] * first;
    } else {
      const second = transposeB ? b[column * k + 1] : b[n + column];
      for (let i = 0, o = column; o < end; i = (i + 2) | 0, o = (o + n) | 0)
        out[o] = a[i] * first + a[i + 1] * second;
    }
  }
}

/** `out[k, n] = a[m, k]ᵀ·b[m, n]`, summed in doubles, row after row. */
export const narrowTransposedProduct = (
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  { m, n, k }: Sizes,
): void => tiledProduct(a, [1, k], b, [1, n], out, { m: k, n, k: m });

/**
 * `out[m, n]`, each the sum over p of `a[row, p]·b[column, p]`, in doubles and in the order of p, two by two at a time.
 *
 * @param aSteps how far apart in memory neighbouring rows of a are, and neighbours within a row
 * @param bSteps the same for b
 */
export function tiledProduct(
  a: Float64Array,
  [aRow, aInner]: [number, number],
  b: Float64Array,
  [bRow, bInner]: [number, number],
  out: Float64Array,
  { m, n, k }: Sizes,
): void {
  for (let row = 0; row < m; row += 2) {
    for (let column = 0; column < n; column += 2) {
      // At an odd edge the last row or column is computed twice, for there is no other.
      const nextRow = row + 1 < m ? 1 : 0;
      const nextColumn = column + 1 < n ? 1 : 0;
      const aNext = nextRow * aRow;
      const bNext = nextColumn * bRow;
      let [s00, s01, s10, s11] = [0, 0, 0, 0];
      let [i, j] = [row * aRow, column * bRow];
      for (let p = 0; p < k; p = (p + 1) | 0, i = (i + aInner) | 0, j = (j + bInner) | 0) {
        const b0 = b[j];
        const b1 = b[(j + bNext) | 0];
        const a0 = a[i];
        s00 += a0 * b0;
        s01 += a0 * b1;
        const a1 = a[(i + aNext) | 0];
        s10 += a1 * b0;
        s11 += a1 * b1;
      }
      const at = row * n + column;
      out[at] = s00;
      out[at + nextColumn] = s01;
      out[at + nextRow * n] = s10;
      out[at + nextRow * n + nextColumn] = s11;
    }
  }
}

/** `out[n]` = Σ over the rows of `a[m, n]`, in doubles, row after row. */
export function columnSums(a: Float64Array, out: Float64Array, m: number, n: number): void {
  const end = m * n;
  for (let column = 0; column < n; column += 2) {
    const next = column + 1 < n ? 1 : 0;
    let [first, second] = [0, 0];
    for (let i = column; i < end; i = (i + n) | 0) {
      first += a[i];
      second += a[(i + next) | 0];
    }
    out[column] = first;
    out[column + next] = second;
  }
}
