/** Laws that every gradient obeys, for random shapes, batch sizes, parameters and labels, in double precision. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../../src/backend/index.ts';
import type { Examples } from '../../../../src/data/dataset.ts';
import type { Model } from '../../../../src/model/model.ts';
import type { ParameterSet } from '../../../../src/model/parameters.ts';
import { tf, type Scalar } from '../../../../src/utils/tf.ts';
import { gradientSources } from '../../../../src/model/gradients.ts';
import { defaultRecipe } from '../../../../src/model/recipe.ts';
import { train } from '../../../../src/training/train.ts';
import { difference, gradientsOf, randomParameters } from '../../../helpers/gradients.ts';
import { createModel } from '../../../helpers/small-zoo.ts';
import { clouds } from '../../../helpers/toy.ts';

interface Case {
  model: Model;
  examples: Examples;
  classes: number;
  parameters: ParameterSet;
}

const small = (max: number) => fc.integer({ min: 1, max });
const weight = fc.constantFrom(0, 0.01, 0.3, 2);

/** A model with random options, and how many features and classes it takes. */
const kinds: Record<string, fc.Arbitrary<{ model: Model; features: number; classes: number }>> = {
  gate: small(5).map((features) => ({ model: createModel('gate'), features, classes: 2 })),
  'xor-composed': fc.constant({ model: createModel('xor-composed'), features: 2, classes: 2 }),
  xor: small(5).map((features) => ({ model: createModel('xor'), features, classes: 2 })),
  points: fc.constant({ model: createModel('points'), features: 2, classes: 2 }),
  cats: small(12).map((features) => ({ model: createModel('cats'), features, classes: 2 })),
  'breast-cancer': fc
    .record({ features: small(8), units: small(6), l1: weight, l2: weight })
    .map(({ features, ...options }) => ({
      ...{ features, classes: 2 },
      model: createModel('breast-cancer', options),
    })),
  mnist: fc
    .record({
      ...{ features: small(8), hidden: small(6), classes: fc.integer({ min: 2, max: 5 }) },
      activation: fc.constantFrom('relu', 'sigmoid'),
    })
    .map(({ features, classes, ...options }) => ({
      features,
      classes,
      model: createModel('mnist', options),
    })),
};

const cases = (kind: string): fc.Arbitrary<Case> =>
  fc
    .record({ of: kinds[kind], rows: small(9), seed: fc.integer({ min: 0, max: 2 ** 31 }) })
    .map(({ of: { model, features, classes }, rows, seed }) => ({
      model,
      classes,
      examples: clouds(rows, { features, classes, seed }),
      parameters: randomParameters(model, features, classes, seed),
    }));

const holds = (kind: string, law: (it: Case, factor: number) => void) =>
  fc.assert(
    fc.property(
      cases(kind),
      fc.constantFrom(-1, 1),
      fc.double({ min: 1e-3, max: 50, noNaN: true }),
      (it, sign, size) => law(it, sign * size),
    ),
    { seed: 4, numRuns: 20 },
  );

const gradients = ({ model, parameters, examples, classes }: Case) =>
  gradientsOf(model, parameters, examples, classes);

beforeAll(async () => {
  await useBackend('float64');
});

describe.each(Object.keys(kinds))('%s', (kind) => {
  test('by hand, by autodiff and numerically it is one gradient', () => {
    holds(kind, (it) => {
      const { manual, autodiff, numeric } = gradients(it);
      for (const name of Object.keys(it.parameters)) {
        const { [name]: byHand } = manual.gradients;
        expect(difference(byHand, autodiff.gradients[name])).toBeLessThan(1e-11);
        expect(apart(byHand, numeric.gradients[name])).toBeLessThan(
          1e-8 * Math.max(1, Math.abs(manual.loss)),
        );
      }
    });
  });

  test('c times the loss has c times the gradient, whatever comes from upstream', () => {
    holds(kind, (it, factor) => {
      const { model } = it;
      const scaled: Model = {
        ...model,
        loss: {
          ...model.loss,
          tensor: (z, y) => tf.mul<Scalar>(model.loss.tensor(z, y), tf.fill([], factor)),
        },
        regularizer: model.regularizer && {
          ...model.regularizer,
          tensor: (...args) => tf.mul<Scalar>(model.regularizer!.tensor(...args), tf.fill([], factor)),
        },
      };
      const right = gradients(it).manual.gradients;
      const { autodiff } = gradients({ ...it, model: scaled });
      for (const name of Object.keys(it.parameters)) {
        const times = Array.from(right[name], (value) => factor * value);
        expect(difference(autodiff.gradients[name], times)).toBeLessThan(1e-11);
      }
    });
  });

  test('every row twice changes a mean loss not at all, and doubles a sum', () => {
    holds(kind, (it) => {
      // Document 003 divides the penalty by the rows too: m times the loss is Σ + penalty, and only Σ doubles.
      const model = { ...it.model, ...(it.model.regularizer ? unpenalised(it) : {}) };
      const { rows, inputs, labels } = it.examples;
      const twice = {
        ...it.examples,
        rows: 2 * rows,
        inputs: Float64Array.of(...inputs.subarray(0), ...inputs.subarray(0)),
        labels: Uint8Array.of(...labels, ...labels),
      };
      const factor = model.loss.reduction === 'mean' ? 1 : 2;
      const once = gradients({ ...it, model });
      const doubled = gradients({ ...it, model, examples: twice });
      for (const source of ['manual', 'autodiff'] as const) {
        expect(doubled[source].loss / once[source].loss).toBeCloseTo(factor, 11);
        for (const name of Object.keys(it.parameters)) {
          const expected = Array.from(once[source].gradients[name], (value) => factor * value);
          expect(difference(doubled[source].gradients[name], expected)).toBeLessThan(1e-11);
        }
      }
    });
  });
});

const unpenalised = ({ parameters }: Case): Model =>
  createModel('breast-cancer', { units: parameters.hiddenBias.shape[0], l1: 0, l2: 0 });

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

test('a parameter on which the loss does not depend has a gradient of zeros by autodiff, and stays as it is', async () => {
  const gate = createModel('gate');
  const initial = gate.initial.bind(gate);
  const idle: Model = {
    ...gate,
    initial: (shape) => ({ ...initial(shape), idle: { shape: [2, 3], values: new Float64Array(6).fill(7) } }),
  };
  const { parameters } = await train(
    idle,
    { train: clouds(8) },
    {
      recipe: { ...defaultRecipe, epochs: 2 },
      gradients: gradientSources.autodiff,
      classes: 2,
    },
  );
  expect(Array.from(parameters.idle.values)).toEqual(new Array(6).fill(7));
});
