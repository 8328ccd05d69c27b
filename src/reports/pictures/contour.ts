/**
 * Where a function of the plane crosses a level.
 */

/** Values on a grid: `values[row * columns + column]` at (xs[column], ys[row]). */
export interface Grid {
  xs: number[];
  ys: number[];
  values: ArrayLike<number>;
}

type Point = [x: number, y: number];

/** Straight pieces of the line along which the grid's values are `level`, found square by square. */
export function contour({ xs, ys, values }: Grid, level: number): [Point, Point][] {
  const pieces: [Point, Point][] = [];
  const at = (column: number, row: number): number => values[row * xs.length + column] - level;
  /** Where the side between two corners is crossed, if it is. */
  const crossing = (c1: number, r1: number, c2: number, r2: number): Point[] => {
    const [from, to] = [at(c1, r1), at(c2, r2)];
    if (from > 0 === to > 0) return [];
    const share = from / (from - to);
    return [[xs[c1] + share * (xs[c2] - xs[c1]), ys[r1] + share * (ys[r2] - ys[r1])]];
  };
  for (let row = 0; row + 1 < ys.length; row++) {
    for (let column = 0; column + 1 < xs.length; column++) {
      const [right, above] = [column + 1, row + 1];
      const points = [
        ...crossing(column, row, right, row),
        ...crossing(right, row, right, above),
        ...crossing(right, above, column, above),
        ...crossing(column, above, column, row),
      ];
      // Two crossings are one piece; four, at a saddle, are two.
      for (let i = 0; i + 1 < points.length; i += 2) pieces.push([points[i], points[i + 1]]);
    }
  }
  return pieces;
}
