import { expect } from '@jest/globals';
import { makeBatch } from '../../src/data/batches.ts';
import type { Examples } from '../../src/data/dataset.ts';
import { gradientSources } from '../../src/model/gradients.ts';
import type { Model } from '../../src/model/model.ts';
import { disposeAll, toVariables, type ParameterSet } from '../../src/model/parameters.ts';
import { RandomState } from '../../src/utils/random.ts';
import { valuesOf } from '../../src/utils/tensors.ts';

/** Parameters of the model's names and shapes, normal but not near 0, where L1's |w| has its kink. */
export function randomParameters(
  model: Model,
  features: number,
  classes: number,
  seed: number,
): ParameterSet {
  const random = new RandomState(seed);
  const set = model.initial({ features, classes, random: new RandomState(0) });
  return Object.fromEntries(
    Object.entries(set).map(([name, { shape, values }]) => [
      name,
      { shape, values: random.randn(values.length).map((value) => value + 0.01 * Math.sign(value)) },
    ]),
  );
}

/** max |a − b| / max(|a|, |b|), both over all entries: the relative difference of two gradients as vectors. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  let apart = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]), Math.abs(b[i]));
    apart = Math.max(apart, Math.abs(a[i] - b[i]));
  }
  return largest === 0 ? 0 : apart / largest;
}

/** Manual, autodiff and numeric gradients of every parameter, by source, on the current backend. */
export function gradientsOf(model: Model, set: ParameterSet, examples: Examples, classes: number) {
  const parameters = toVariables(set);
  const { x, y } = makeBatch(examples, { task: model.task, classes });
  const by = (source: keyof typeof gradientSources) => {
    const { loss, gradients } = gradientSources[source](model, parameters, x, y);
    const values = Object.entries(gradients).map(([name, tensor]) => {
      expect([name, tensor.shape]).toEqual([name, parameters[name].shape]);
      return [name, valuesOf(tensor)] as const;
    });
    disposeAll(gradients);
    return { loss, gradients: Object.fromEntries(values) };
  };
  const all = { manual: by('manual'), autodiff: by('autodiff'), numeric: by('numeric') };
  disposeAll({ ...parameters, x, y });
  return all;
}
