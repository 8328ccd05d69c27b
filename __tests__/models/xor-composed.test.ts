import { beforeAll, expect, test } from '@jest/globals';
import { datasets } from '../../datasets/index.ts';
import { truthTable } from '../../datasets/logic-gates.ts';
import { models } from '../../models/index.ts';
import { useBackend } from '../../src/backend/index.ts';
import { trainComposition } from '../../src/training/composition.ts';
import { silent } from '../../src/utils/progress.ts';
import { outputsOf } from '../../src/evaluation/evaluate.ts';
import { autodiff, manual } from '../../src/model/gradients.ts';
import { probabilitiesOf } from '../../src/evaluation/metrics.ts';
import { disposeAll, toVariables } from '../../src/model/parameters.ts';

const definition = models['xor-composed'];
const { recipe, composition } = definition;
const whole = definition.create({ gate: 'xor', asPrinted: false });
const data = { train: truthTable('xor'), classNames: ['0', '1'] };
const load = (options: Record<string, unknown>) =>
  datasets['logic-gates'].load({ data: 'auto', cacheDir: '', seed: 1, options, progress: silent });

beforeAll(async () => {
  await useBackend('float64');
});

test('three gates trained one by one make the XOR that document 004 prints', async () => {
  const result = await trainComposition(whole, composition!, data, load, {
    recipe,
    gradients: manual,
    recordEvery: 100,
  });
  expect(result).toMatchObject({ steps: 3000, epochs: 1000, trainRows: 4, validationRows: 0 });
  expect(result.history.map(({ epoch }) => epoch)).toEqual([
    100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
  ]);
  expect(result.history.at(-1)!.accuracy).toBe(1);
  const parameters = toVariables(result.parameters);
  const { logits } = outputsOf(whole, parameters, data.train, 2);
  disposeAll(parameters);
  // Document 004, `print(AND.predict(X_2))`.
  expect(Array.from(probabilitiesOf(logits, 'binary', 1), (p) => p.toFixed(8))).toEqual([
    '0.12870357',
    '0.79966936',
    '0.80108545',
    '0.14420781',
  ]);
});

test('a history loss is that of the whole, as the model itself measures it', async () => {
  let asked = 0;
  const { history, parameters } = await trainComposition(whole, composition!, data, load, {
    recipe: { ...recipe, epochs: 20 },
    gradients: (...batch) => (asked++, autodiff(...batch)),
    recordEvery: 10,
  });
  expect(asked).toBe(3 * 20);
  const variables = toVariables(parameters);
  expect(outputsOf(whole, variables, data.train, 2).loss).toBeCloseTo(history[1].loss, 14);
  disposeAll(variables);
});
