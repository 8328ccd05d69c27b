/** What a training leaves on the backend: for every model, by each source of gradients, whatever else it remembers. */
import { expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { truthTable } from '../../../datasets/logic-gates.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { gradientSources } from '../../../src/model/gradients.ts';
import { defaultRecipe } from '../../../src/model/recipe.ts';
import { trainComposition } from '../../../src/training/composition.ts';
import { train } from '../../../src/training/train.ts';
import { tf } from '../../../src/utils/tf.ts';
import { smallZoo, type SmallModel } from '../../helpers/small-zoo.ts';
import { clouds } from '../../helpers/toy.ts';

const onBackend = () => [tf.memory().numTensors, tf.memory().numDataBuffers];
/** Constants, such as 1/rows, are made at their first use and kept, so `work` is done twice. */
async function expectNothingLeft(work: () => Promise<unknown>) {
  await work();
  const before = onBackend();
  await work();
  expect(onBackend()).toEqual(before);
}

const { manual, autodiff, numeric } = gradientSources;
const ways = [
  { gradients: manual, optimizer: 'adam', batchSize: 10 },
  { gradients: autodiff, optimizer: 'momentum', batchSize: 'full' },
  { gradients: numeric, optimizer: 'sgd', batchSize: 10 },
] as const;

async function expectSteadyTrainings({ model, features, classes }: SmallModel) {
  const data = { train: clouds(20, { features, classes }) };
  for (const { gradients, optimizer, batchSize } of ways) {
    // Two forward passes for each number of a convolution take too long.
    if (gradients === numeric && features > 100) continue;
    const recipe = {
      ...defaultRecipe,
      epochs: 3,
      batchSize,
      optimizer,
      validation: 0.25,
      patience: 9,
    } as const;
    const counts = new Set<number>();
    // Steps before have made the optimizer's memory and uploaded the validation rows.
    const onStep = ({ epoch }: { epoch: number }) => void (epoch > 2 && counts.add(tf.memory().numTensors));
    await expectNothingLeft(async () => {
      const options = { recipe, gradients, classes, onStep };
      const { interrupted } = await train(model, data, { ...options, shouldStop: () => true });
      await train(model, data, { ...options, resumeFrom: interrupted });
    });
    expect(counts.size).toBe(1);
  }
}

const named = (title: string) => smallZoo.find((small) => small.title === title)!;

test.each(smallZoo)(
  '$title: no step and no training, interrupted and resumed, leaves a tensor',
  async (small) => {
    await useBackend('wasm');
    await expectSteadyTrainings(small);
  },
);

test.each(['cpu', 'float64'] as const)('on %s, too, convolutions and dropout leave none', async (backend) => {
  await useBackend(backend);
  for (const title of ['lenet', 'mlp, tanh with dropout']) await expectSteadyTrainings(named(title));
});

test('a composed model leaves none of its parts', async () => {
  const definition = models['xor-composed'];
  const whole = definition.create({ gate: 'xor', asPrinted: false });
  const data = { train: truthTable('xor'), classNames: ['0', '1'] };
  const load = ({ gate }: { gate?: unknown }) =>
    Promise.resolve({ train: truthTable(gate as 'or'), classNames: ['0', '1'] });
  await expectNothingLeft(() =>
    trainComposition(whole, definition.composition!, data, load, {
      recipe: { ...defaultRecipe, epochs: 3 },
      gradients: numeric,
    }),
  );
});
