/** How far two gradients of one parameter are apart. */
export interface Difference {
  /** max |a − b| */
  maxAbsolute: number;
  /** max |a − b| / max(|a|, |b|, floor), entry by entry. */
  maxRelative: number;
  /** ‖a − b‖ / max(‖a‖, ‖b‖, floor), in the Euclidean norm. */
  normwise: number;
}

export interface Comparison extends Difference {
  /** Position in the compared arrays at which the relative difference is largest. */
  worst: number;
}

/** |a − b|; infinite as soon as one of them is not a finite number, also where both are infinite. */
export const distance = (a: number, b: number): number =>
  Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Infinity;

/** |a − b| / max(|a|, |b|, floor) */
export function relativeDistance(a: number, b: number, floor: number): number {
  const absolute = distance(a, b);
  return absolute === Infinity ? Infinity : absolute / Math.max(Math.abs(a), Math.abs(b), floor);
}

/** Compares two arrays of equal length, entry by entry and as vectors. */
export function compare(a: ArrayLike<number>, b: ArrayLike<number>, floor: number): Comparison {
  let maxAbsolute = 0;
  let maxRelative = 0;
  let worst = 0;
  let squares = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    const absolute = distance(a[i], b[i]);
    const relative = relativeDistance(a[i], b[i], floor);
    maxAbsolute = Math.max(maxAbsolute, absolute);
    if (relative > maxRelative) {
      maxRelative = relative;
      worst = i;
    }
    squares += absolute * absolute;
    squaresA += a[i] * a[i];
    squaresB += b[i] * b[i];
  }
  const normwise =
    maxAbsolute === Infinity
      ? Infinity
      : Math.sqrt(squares) / Math.max(Math.sqrt(squaresA), Math.sqrt(squaresB), floor);
  return { maxAbsolute, maxRelative, normwise, worst };
}
