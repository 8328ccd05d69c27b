/**
 * When two gradients count as equal: the one place where that is decided.
 *
 * The difference of an entry is taken relative to the larger of the two values, but never to less than `floor`.
 * Some floor is needed because a gradient may be 0, and relative to 0 every rounding error is infinite. Its size
 * follows from how the numbers arise: σ(z) − y, softmax(z) − y and σ(z)·(1 − σ(z)) are made of numbers near 1, each
 * known to one unit roundoff u, and so is a sum of them over a batch, however small it turns out to be. A central
 * difference in addition carries the rounding of the loss, about u·|loss|/ε. Hence the floor is a fixed share of
 * max(1, |loss|); below it differences count absolutely. It does not grow with the number of entries.
 *
 *              u           rounding / floor          ε       (u·|loss|/ε + ε²) / floor
 *   float64    1·10⁻¹⁶     ≈ 10⁻¹⁵ / 0.01 = 10⁻¹³    10⁻⁵    ≈ 10⁻¹⁰ / 0.01 = 10⁻⁸
 *   float32    6·10⁻⁸      ≈ 10⁻⁷ / 0.1 = 10⁻⁶       5·10⁻³  ≈ 10⁻⁴ / 0.1 = 10⁻³
 *
 * The tolerances leave a factor of ten or more above these. JAX and PyTorch allow about 10⁻⁵ in double precision;
 * here a mistake of one part in ten million is one.
 */
import { isDoublePrecision } from '../utils/tensors.ts';

export interface Tolerances {
  /** Between `manual` and `autodiff`: the same derivative, computed twice. */
  analytic: number;
  /** Between either of them and central differences. */
  numeric: number;
  /** Smallest magnitude, per unit of max(1, |loss|), that a difference is taken relative to. */
  floor: number;
}

const tolerancesByDtype = {
  float64: { analytic: 1e-10, numeric: 1e-7, floor: 0.01 },
  float32: { analytic: 1e-5, numeric: 1e-2, floor: 0.1 },
} satisfies Record<string, Tolerances>;

/** Those of the backend in use; a tolerance that is given replaces both. */
export function tolerancesInUse(tolerance?: number): Tolerances {
  const { analytic, numeric, floor } = tolerancesByDtype[isDoublePrecision() ? 'float64' : 'float32'];
  return { analytic: tolerance ?? analytic, numeric: tolerance ?? numeric, floor };
}

/** The floor at a point where the loss has this value. */
export const floorAt = ({ floor }: Tolerances, loss: number): number =>
  floor * Math.max(1, Number.isFinite(loss) ? Math.abs(loss) : 1);
