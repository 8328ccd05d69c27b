/** Tables and weights of the user on the page: their columns, choices and predictions, and the sentence for what is wrong. */
import { beforeAll, expect, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import { readCsvTable } from '../../../../src/data/formats/csv.ts';
import { datasetFromTable } from '../../../../src/data/table/dataset.ts';
import { train } from '../../../../src/browser.ts';
import { weightsText } from '../../../../src/weights/saved-model.ts';
import { readFiles } from '../../../../src/playground/worker/user-files.ts';
import { openPage } from '../../../helpers/page-in-node.ts';

let zoo: Awaited<ReturnType<typeof openPage>>['zoo'];
let until: Awaited<ReturnType<typeof openPage>>['until'];
beforeAll(async () => {
  ({ zoo, until } = await openPage('#backend=cpu'));
});

// Prices of homes: zip is a number that is a category, and one size is missing.
const rows = Array.from({ length: 40 }, (_, i) => {
  const [size, zip, kind] = [30 + ((i * 37) % 50), [101, 205][i % 2], ['flat', 'house'][i % 3 === 0 ? 1 : 0]];
  return `${i},${i === 5 ? '' : size},${zip},${kind},${(2 * size + (zip === 205 ? 40 : 0) + 0.5).toFixed(1)}`;
});
const csv = ['Unnamed: 0,size,zip,kind,price', ...rows].join('\n');
// Files are not copied by the connection to the page.
const drop = (text: string, name: string) => readFiles([new File([text], name)]);

const settings = { model: 'mlp', backend: 'cpu', epochs: '5', batchSize: '8' };

async function finish(): Promise<void> {
  await zoo.go('end');
  await until(() => zoo.state.progress?.status === 'complete');
}

test('a table lists its columns with kind and missing cells', async () => {
  expect(await drop(csv, 'homes.csv')).toEqual({
    kind: 'table',
    name: 'homes.csv',
    rows: 40,
    columns: [
      { name: 'Unnamed: 0', kind: 'numeric', missing: 0, isIndex: true },
      { name: 'size', kind: 'numeric', missing: 1, isIndex: false },
      { name: 'zip', kind: 'numeric', missing: 0, isIndex: false },
      { name: 'kind', kind: 'categorical', missing: 0, isIndex: false },
      { name: 'price', kind: 'numeric', missing: 0, isIndex: false },
    ],
  });
});

test('a regression has R² and RMSE, predicted and true numbers, and the weights of the library', async () => {
  await drop(csv, 'homes.csv');
  await expect(zoo.worker.useTable({ target: 'price' })).rejects.toThrow('homes.csv, line 7, column "size"');
  await expect(zoo.worker.useTable({ target: 'cost' })).rejects.toThrow('homes.csv has no column "cost"');
  const choice = { missing: 'mean', categories: ['zip'], dropColumns: ['kind'] } as const;
  const data = await zoo.worker.useTable({
    target: 'price',
    ...{ ...choice, categories: [...choice.categories], dropColumns: [...choice.dropColumns] },
  });
  await zoo.open({ ...settings, data }, true);
  expect(zoo.state.wrong).toBeUndefined();
  await finish();
  const { classNames } = zoo.state.opened!.data;
  expect(classNames).toEqual(['price']);
  const score = zoo.state.progress!.result!.scores.find(({ split }) => split === 'test')!;
  expect(score).toMatchObject({ rows: 8, rmse: expect.any(Number), r2: expect.any(Number) });
  const { predicted } = await zoo.worker.view();
  const errors = predicted!.true.map((value, i) => (predicted!.predicted[i] - value) ** 2);
  expect(Math.sqrt(errors.reduce((sum, one) => sum + one) / errors.length)).toBeCloseTo(score.rmse!, 4);

  const table = readCsvTable(new TextEncoder().encode(csv), 'homes.csv', ',');
  const own = { file: 'homes.csv', target: 'price', ...choice };
  const dataset = datasetFromTable(table, { ...own, seed: Number(zoo.state.opened!.address.seed) });
  const { weights, run } = await zoo.worker.files();
  const trained = await train(models.mlp, { data: dataset, backend: 'cpu', epochs: 5, batchSize: 8 });
  const parametersOf = (text: string) => (JSON.parse(text) as { parameters: unknown }).parameters;
  expect(parametersOf(weights)).toEqual(parametersOf(weightsText(trained)));
  expect(JSON.parse(run)).toMatchObject({ dataset: { own } });
});

test('the same table with other choices is other data', async () => {
  await drop(csv, 'homes.csv');
  const names = [
    await zoo.worker.useTable({ target: 'kind', missing: 'mean' }),
    await zoo.worker.useTable({ target: 'kind', missing: 'drop' }),
    await zoo.worker.useTable({ target: 'zip', missing: 'drop' }),
    await zoo.worker.useTable({ target: 'zip', missing: 'drop', task: 'regression' }),
  ];
  expect(new Set(names).size).toBe(4);
  const rowsOf = async (data: string) => {
    await zoo.open({ ...settings, data }, true);
    const { rows, classNames } = zoo.state.opened!.data;
    return [rows.train + rows.test, classNames];
  };
  expect(await rowsOf(names[0])).toEqual([40, ['flat', 'house']]);
  expect(await rowsOf(names[1])).toEqual([39, ['flat', 'house']]);
  expect(await rowsOf(names[2])).toEqual([39, ['101', '205']]);
  expect(await rowsOf(names[3])).toEqual([39, ['zip']]);
  // The target is not an input, whatever was chosen for that column before.
  const again = await zoo.worker.useTable({ target: 'zip', missing: 'drop', dropColumns: ['zip'] });
  expect(again).toBe(names[2]);
});

test('weights of a table name their columns, and predict from cells by name or in order', async () => {
  await drop(csv, 'homes.csv');
  const data = await zoo.worker.useTable({ target: 'kind', missing: 'mean', categories: ['zip'] });
  await zoo.open({ ...settings, data }, true);
  await finish();
  const dropped = await drop((await zoo.worker.files()).weights, 'weights.json');
  expect(dropped).toMatchObject({
    kind: 'weights',
    model: 'mlp',
    inputs: 3,
    columns: [
      { name: 'size', example: expect.stringMatching(/^\d+(\.\d)?$/), isOptional: true },
      { name: 'zip', example: expect.stringMatching(/^(101|205)$/), categories: ['101', '205'] },
      { name: 'price' },
    ],
  });
  const byName = await zoo.worker.predictSaved({ price: 120, zip: '205', size: 40 });
  expect(byName).toEqual(await zoo.worker.predictSaved([40, 205, 120]));
  expect(byName.probabilities).toHaveLength(2);
  expect((await zoo.worker.predictSaved({ zip: 101, price: 120, size: '' })).label).toMatch(/flat|house/);
  await expect(zoo.worker.predictSaved({ size: 40, zip: 999, price: 1 })).rejects.toThrow('"zip"');
});
