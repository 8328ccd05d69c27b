/**
 * Does the gradient check find mistakes? Here they are planted, and each must be found twice: against autodiff alone
 * and against central differences alone.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { checkPoints } from '../../../../src/check/gradients/check-points.ts';
import { pointsFor } from '../../../../src/check/gradients/points.ts';
import type { Point } from '../../../../src/check/gradients/problem.ts';
import type { Model } from '../../../../src/core/model.ts';
import { toVariables } from '../../../../src/core/parameters.ts';
import { tensorOf } from '../../../../src/core/tensors.ts';
import { smallZoo } from '../../../helpers/small-zoo.ts';
import { callsOf, mutantsOfDerivation, mutantsOfResults, type Mutant } from '../../../helpers/mutations.ts';

let planted = 0;

test('every model of the zoo is here', () => {
  expect([...new Set(smallZoo.map(({ model }) => model.name))].sort()).toEqual(Object.keys(models).sort());
});

describe.each(smallZoo)('$title', ({ model, features, classes, withoutPenalty }) => {
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
    const calls = callsOf(
      model,
      parameters,
      inputs,
      tensorOf(y, [rows, y.length / rows]),
      model.forward(parameters, inputs),
    );
    const shapes = Object.fromEntries(Object.entries(set).map(([name, { shape }]) => [name, shape]));
    const mutants: Mutant[] = [
      ...mutantsOfResults(model, shapes, withoutPenalty),
      ...mutantsOfDerivation(model, calls),
    ];
    planted += mutants.length;
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

test('the documentation tells how many mistakes are planted', () => {
  const page = readFileSync(new URL('../../../../docs/gradient-check.md', import.meta.url), 'utf8');
  expect(page).toMatch(new RegExp(`plants ${planted} mistakes`));
});
