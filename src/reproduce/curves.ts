import type { Curve } from './types.ts';

/** A named curve through one point for each item. */
export const curveOf = <T>(
  name: string,
  items: T[],
  point: (item: T, index: number) => Curve['points'][number],
): Curve => ({
  name,
  points: items.map(point),
});
