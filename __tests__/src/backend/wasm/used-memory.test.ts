/** Results hang on inputs alone, not on what lay before in the memory that they are written to. */
import { beforeAll, expect, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { makeBatch } from '../../../../src/data/batches.ts';
import { defaultsOf } from '../../../../src/model/definition.ts';
import { gradientSources } from '../../../../src/model/gradients.ts';
import { toVariables } from '../../../../src/model/parameters.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { tf } from '../../../../src/utils/tf.ts';
import { clouds } from '../../../helpers/toy.ts';

beforeAll(() => useBackend('wasm'));

/** Leaves memory full of what must not be read, in pieces of many sizes. */
function litter(): void {
  const sizes = Array.from({ length: 60 }, (_, i) => Math.ceil(1.22 ** i));
  const tensors = [...sizes, ...sizes].map((size) => tf.tensor1d(new Float32Array(size).fill(NaN)));
  tf.dispose(tensors);
}

test.each([
  ['lenet', { filters: [2, 3] }, 256],
  ['mnist', { hidden: 5 }, 12],
  ['breast-cancer', {}, 7],
])('%s', (name, options, features) => {
  const definition = models[name];
  const model = definition.create({ ...defaultsOf(definition), ...options, asPrinted: false });
  const classes = model.task === 'binary' ? 2 : 3;
  const parameters = toVariables(model.initial({ features, classes, random: new RandomState(4) }));
  const { x, y } = makeBatch(clouds(9, { features, classes }), { task: model.task, classes });
  const step = (source: 'manual' | 'autodiff') => {
    const { loss, gradients } = gradientSources[source](model, parameters, x, y);
    return [loss, ...Object.values(gradients).map((gradient) => Array.from(gradient.dataSync()))];
  };
  for (const source of ['manual', 'autodiff'] as const) {
    const before = step(source);
    for (let i = 0; i < 3; i++) {
      litter();
      expect(step(source)).toEqual(before);
    }
  }
});
