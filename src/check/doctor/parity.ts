import { analyticGradients } from '../gradients/analytic.ts';
import { compare, relativeDistance } from '../gradients/compare.ts';
import { floorAt, tolerancesInUse } from '../gradients/tolerances.ts';
import { WorkError } from '../../core/errors.ts';
import { withPoint, type ExaminedModel } from './examined-model.ts';
import type { Parity } from './types.ts';

/**
 * Largest relative difference between single and double precision that counts as rounding. Parameters and inputs are
 * rounded to 6·10⁻⁸ of their size before anything is computed; at the saturated point, where logits reach 40, that
 * alone moves a logit, and with it the loss and the gradients, by some 10⁻⁶. The bound leaves a factor of ten.
 */
const parityBound = 1e-4;

/** Loss and gradients, both ways, on the backend in use against those of `float64`. */
export function examineParity({ points, recipe }: ExaminedModel): Parity {
  const parity: Parity = { agrees: true, bound: parityBound, loss: 0, manual: 0, autodiff: 0 };
  const tolerances = tolerancesInUse();
  for (const { point, ...reference } of points) {
    withPoint(point, recipe, (problem) => {
      for (const source of ['manual', 'autodiff'] as const) {
        const expected = reference[source];
        const { loss, values, problems } = analyticGradients(source, problem);
        const [failure] = [...Object.values(expected.problems), ...Object.values(problems)];
        if (failure !== undefined) throw new WorkError(failure);
        const floor = floorAt(tolerances, expected.loss);
        parity.loss = Math.max(parity.loss, countable(relativeDistance(loss, expected.loss, floor)));
        for (const [parameter, gradient] of Object.entries(expected.values)) {
          const normwise = countable(compare(values[parameter], gradient, floor).normwise);
          if (normwise > Math.max(parity.manual, parity.autodiff))
            parity.worst = { gradients: source, parameter, point: point.name };
          parity[source] = Math.max(parity[source], normwise);
        }
      }
    });
  }
  parity.agrees = Math.max(parity.loss, parity.manual, parity.autodiff) <= parityBound;
  return parity;
}

/** JSON has no infinity. */
const countable = (value: number): number => (Number.isFinite(value) ? value : Number.MAX_VALUE);
