/** Plants mistakes in a model's gradients, one at a time; each must be found twice: against autodiff and against central differences. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../src/backend/index.ts';
import { checkPoints } from '../../src/gradcheck/check.ts';
import { pointsFor, type Point } from '../../src/gradcheck/points.ts';
import type { Model } from '../../src/model/model.ts';
import { withDropoutMasks } from '../../src/model/dropout-masks.ts';
import { toVariables } from '../../src/model/parameters.ts';
import { tensorOf } from '../../src/utils/tensors.ts';
import { callsOf, mutantsOfDerivation, mutantsOfResults, type Mutant } from './mutations.ts';
import type { SmallModel } from './small-zoo.ts';

/** The models for which `npm test` has no time; `npm run test:long` has. */
export const takeLong = ['lenet', 'mlp, tanh with dropout'];

/** How many mistakes the tests of this process have planted. */
export const planted = { count: 0 };

export function describeMutations({ title, model, features, classes, withoutPenalty }: SmallModel): void {
  describe(title, () => {
    let points: Point[];

    beforeAll(async () => {
      await useBackend('float64');
      points = pointsFor(model, { features, classes }, 11, 1).slice(0, 1);
    });

    const verdicts = (mutant: Model) =>
      (['autodiff', 'numeric'] as const).map((referee) =>
        checkPoints(
          mutant.name,
          points.map((point) => ({ ...point, model: mutant })),
          { sources: ['manual', referee], entries: 1000 },
        ),
      );

    test('is right as it stands', () => {
      expect(verdicts(model).map(({ agrees }) => agrees)).toEqual([true, true]);
    });

    test('every planted mistake is found', () => {
      const [{ parameters: set, x, y, rows }] = points;
      const parameters = toVariables(set);
      const inputs = tensorOf(x, [rows, features]);
      const targets = tensorOf(y, [rows, y.length / rows]);
      const calls = withDropoutMasks(
        model,
        () => points[0].noise ?? {},
        (model) => callsOf(model, parameters, inputs, targets, model.forward(parameters, inputs)),
      );
      const shapes = Object.fromEntries(Object.entries(set).map(([name, { shape }]) => [name, shape]));
      const mutants: Mutant[] = [
        ...mutantsOfResults(model, shapes, withoutPenalty),
        ...mutantsOfDerivation(model, calls),
      ];
      planted.count += mutants.length;
      const missed: string[] = [];
      for (const { mistake, model: mutant, parameter } of mutants) {
        const reports = verdicts(mutant);
        const wrong = reports.map((report) =>
          report.parameters
            .filter(({ agrees }) => !agrees)
            .map(({ name }) => name)
            .join(),
        );
        const isFound =
          parameter === undefined ? wrong.every(Boolean) : wrong.every((names) => names === parameter);
        if (!isFound) missed.push(`${mistake}: ${wrong.join(' | ')}`);
      }
      expect(missed).toEqual([]);
    });
  });
}
