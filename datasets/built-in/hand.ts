/**
 * How much hands and pens differ from one digit to the next. Lengths of the hand are in heights of the
 * digit, those of the pen in pixels; every spread multiplies a standard normal number drawn per digit.
 */
export const hand = {
  /** Unsteadiness of the control points, and how much it differs between digits (log scale). */
  jitter: 0.055,
  jitterSpread: 0.4,
  /** Where a second stroke starts relative to the first. */
  strokeOffset: 0.02,
  /** How far the ends of a stroke overshoot, in lengths of the last control segment. */
  overshoot: 0.4,
  /** One half wider or narrower than the other: upper against lower, middle against ends. */
  bow: 0.15,
  taper: 0.25,
  stretch: 0.2,
  belly: 0.1,
  /** Smooth random bending of the whole plane. */
  bendWaves: 3,
  bend: 0.045,
  bendFrequency: [0.3, 1.1],
  slant: 0.24,
  rotation: 0.1,
  /** Width of the pen in pixels (log-normal, clipped), and how it changes along a stroke. */
  penWidth: 2.0,
  penSpread: 0.28,
  penLimits: [1.1, 5.5],
  pressure: 0.15,
  pressureCycles: [0.3, 1.5],
  /** A broad nib draws thicker in one direction than in the other. */
  nib: 0.3,
  nibLimit: 0.6,
  shift: 0.95,
  /** Width of the grey edge in pixels, and how far the ink saturates. */
  edge: [0.7, 1.8],
  gain: [1.0, 1.25],
};
