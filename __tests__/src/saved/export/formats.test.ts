/** Every format of a whole model, on networks that are quick; each export is itself compared with its model. */
import { describe, expect, test } from '@jest/globals';
import { InputError, WorkError } from '../../../../src/core/errors.ts';
import { linear } from '../../../../src/core/ops.ts';
import { tf, type Tensor, type Tensor4D } from '../../../../src/core/tf.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { decodeOnnx } from '../../../../src/saved/formats/decode-onnx.ts';
import { largestDifference, modelAnswers, numbersIn } from '../../../../src/saved/export/check.ts';
import { exportModel, formatNames, type FormatName } from '../../../../src/saved/export/formats.ts';
import type { SavedModel } from '../../../../src/saved/saved-model.ts';
import { cells, curious, grey, layer, names, own, wrong } from '../../../helpers/own-networks.ts';
import { savedModel, savedZoo } from '../../../helpers/saved.ts';

const exactIn = (format: FormatName) => (format === 'layers' || format === 'onnx' ? 1e-6 : 1e-12);

async function expectExact(saved: SavedModel, formats: readonly FormatName[] = formatNames): Promise<void> {
  for (const format of formats.filter((each) => each !== 'python')) {
    const { checked } = await exportModel(saved, format);
    expect(checked!.rows).toBe(100);
    expect(checked!.maxDifference).toBeLessThanOrEqual(exactIn(format));
  }
  const { checked } = await exportModel(saved, 'onnx', { dtype: 'float64' });
  expect(checked!.maxDifference).toBeLessThan(1e-12);
}

const lenet = savedModel('lenet', {
  options: { filters: [2, 3] },
  features: 256,
  classNames: ['a', 'b', 'c'],
  preprocessing: grey(16),
});

test.each(['gate', 'xor-composed', 'breast-cancer', 'mlp, binary', 'mlp, regression', 'mlp, cells of a table'])(
  '%s computes the same in every format',
  (name) => expectExact(savedZoo[name]()),
);

test('convolutions do, with their channels in every order that the formats want', () => expectExact(lenet));

test.each(Object.keys(curious))('a model of one’s own does: %s', async (name) => {
  await useBackend('cpu');
  await expectExact(curious[name], ['js', 'onnx']);
});

test('a module takes cells by their order or their names, as predict does, and refuses what it refuses', async () => {
  const saved = savedZoo['mlp, cells of a table']();
  const [text] = Object.values((await exportModel(saved, 'js')).files) as string[];
  const { predict: inModule } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    predict: (rows: unknown[]) => { label: string; probabilities: number[] }[];
  };
  const byName = (row: unknown[]) => Object.fromEntries(names.map((name, i) => [name, row[i]]));
  const expected = await modelAnswers(saved, cells as never);
  for (const rows of [cells, cells.map(byName)])
    expect(largestDifference(Float64Array.from(inModule(rows).flatMap(numbersIn)), expected)).toBeLessThan(
      1e-12,
    );
  for (const row of wrong) {
    await expect(modelAnswers(saved, [row] as never)).rejects.toThrow(InputError);
    expect(() => inModule([row])).toThrow(TypeError);
  }
});

test('what there is no step for is refused, with what to take instead', async () => {
  const saved = own(layer, ({ weights, bias }, x) => linear(x.sin(), weights, bias));
  await expect(exportModel(saved, 'onnx')).rejects.toThrow(/computes Sin.*json, npz and safetensors/s);
  await expect(exportModel(saved, 'onnx')).rejects.toThrow(InputError);
  await expect(exportModel(saved, 'npz')).resolves.toBeDefined();
});

test('a model whose answer to a row depends on the others does not go out', async () => {
  const mixing = own(layer, ({ weights, bias }, x) => linear(x.sub(x.mean(0)), weights, bias));
  await expect(exportModel(mixing, 'js')).rejects.toThrow(WorkError);
  await expect(exportModel(mixing, 'js')).rejects.toThrow('Nothing was written');
  const counting = own(layer, ({ weights, bias }, x) => linear(x, weights, bias).mul(x.shape[0] / 5));
  await expect(exportModel(counting, 'js')).rejects.toThrow('depend on the number of rows');
});

test('a model that decides by looking at numbers is found out', async () => {
  const looking = own(layer, ({ weights, bias }, x) =>
    linear(x, weights, bias).mul((x.sum().dataSync() as Float32Array)[0] > 600 ? 1 : 2),
  );
  await expect(exportModel(looking, 'onnx')).rejects.toThrow(WorkError);
});

test('the precision is onnx’s alone', async () => {
  await expect(exportModel(savedZoo.xor(), 'js', { dtype: 'float64' })).rejects.toThrow('dtype');
});

