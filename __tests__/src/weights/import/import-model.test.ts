import { describe, expect, test } from '@jest/globals';
import { evaluate, InputError, weightsFrom, weightsText } from '../../../../src/index.ts';
import type { Arrays } from '../../../../src/data/formats/arrays.ts';
import { encodeNpz } from '../../../../src/data/formats/npz.ts';
import { encodeSafetensors } from '../../../../src/weights/formats/safetensors.ts';
import { exportModel } from '../../../../src/weights/export/export-model.ts';
import { importModel, type Imported } from '../../../../src/weights/import/import-model.ts';
import type { SavedModel } from '../../../../src/weights/saved-model.ts';
import { savedModel, savedZoo } from '../../../helpers/saved.ts';
import { clouds } from '../../../helpers/toy.ts';

const lenet = savedModel('lenet', {
  options: { filters: [3, 4] },
  features: 256,
  classNames: ['a', 'b', 'c'],
  preprocessing: { kind: 'image', height: 16, width: 16, channels: 1, divisor: 200 },
});
const mnist = savedModel('mnist', {
  options: { hidden: 16, activation: 'sigmoid' },
  features: 16,
  classNames: Array.from('0123456789'),
  preprocessing: { kind: 'image', height: 4, width: 4, channels: 1, divisor: 255 },
});
const names = ['gate', 'breast-cancer', 'mlp, regression', 'mlp, cells of a table'];
const saved: Record<string, SavedModel> = {
  ...Object.fromEntries(names.map((name) => [name, savedZoo[name]()])),
  lenet,
  'mnist, as printed': { ...mnist, file: { ...mnist.file, asPrinted: true } },
};

const unavailable = () => Promise.reject(new Error('the data was loaded'));

/** Imports the bytes for the model of `like`, whose description is that of the data. */
const imported = (
  like: SavedModel,
  bytes: Uint8Array,
  {
    options = like.file.options,
    map,
  }: { options?: SavedModel['file']['options']; map?: Record<string, string> } = {},
): Promise<Imported> =>
  importModel(like.definition, bytes, 'net', { options, map, data: () => Promise.resolve(like.file) });

const npzOf = (like: SavedModel, change: (arrays: Arrays) => Arrays): Uint8Array =>
  encodeNpz(change(like.file.parameters));

const transposed = ({ shape: [rows, columns], dtype, values }: Arrays[string]): Arrays[string] => ({
  shape: [columns, rows],
  dtype,
  values: Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)],
  ),
});

describe.each(Object.keys(saved))('%s', (name) => {
  const original = saved[name];

  test('is restored to the bits, with its options, from an exported .safetensors without any data', async () => {
    const bytes = (await exportModel(original, 'safetensors')).files['parameters.safetensors'] as Uint8Array;
    const { saved: back } = await importModel(original.definition, bytes, 'net', {
      options: {},
      data: unavailable,
    });
    const { training, ...file } = back.file;
    expect(file).toEqual({ ...original.file, training: undefined });
    expect(training).toEqual({ imported: { from: 'net', format: 'safetensors' } });
    expect(weightsFrom(weightsText(back), 'it').file).toEqual(back.file);
  });

  test('is restored to the bits from an exported .npz, given the options and the data', async () => {
    const bytes = (await exportModel(original, 'npz')).files['parameters.npz'] as Uint8Array;
    const { saved: back } = await imported(original, bytes);
    expect(back.file.parameters).toEqual(original.file.parameters);
    expect(back.file.preprocessing).toEqual(original.file.preprocessing);
    expect(back.file.target).toEqual(original.file.target);
  });
});

test('an imported model is evaluated like its original', async () => {
  const original = saved['breast-cancer'];
  const { saved: back } = await imported(
    original,
    npzOf(original, (arrays) => arrays),
  );
  const { classNames } = original.file;
  const test = clouds(20, { features: 30 });
  expect(await evaluate(back, { test, classNames })).toEqual(await evaluate(original, { test, classNames }));
});

test('the scales in a .npz replace those of the data', async () => {
  const filled = (shape: number[], value: number) =>
    ({ shape, dtype: 'float64', values: Array<number>(shape[0] ?? 1).fill(value) }) as const;
  const preprocessingWith = async (like: SavedModel, scales: Arrays) => {
    const bytes = npzOf(like, (arrays) => ({ ...arrays, ...scales }));
    return (await imported(like, bytes)).saved.file.preprocessing;
  };
  expect(await preprocessingWith(mnist, { divisor: filled([], 128) })).toEqual({
    ...mnist.file.preprocessing,
    divisor: 128,
  });
  const [mean, scale] = [filled([30], 2), filled([30], 3)];
  expect(await preprocessingWith(saved['breast-cancer'], { mean, scale })).toEqual({
    kind: 'standardise',
    mean: mean.values,
    scale: scale.values,
  });
});

test('a map renames arrays, and .T transposes a matrix, square ones too', async () => {
  const bytes = encodeSafetensors({
    arrays: {
      'fc1.weight': transposed(mnist.file.parameters.hiddenWeights), // [16, 16]
      'fc1.bias': mnist.file.parameters.hiddenBias,
      'fc2.weight': transposed(mnist.file.parameters.outputWeights), // [10, 16]
      outputBias: mnist.file.parameters.outputBias,
    },
    metadata: { format: 'pt' },
  });
  const map = { hiddenWeights: 'fc1.weight.T', hiddenBias: 'fc1.bias', outputWeights: 'fc2.weight.T' };
  const { saved: back, matches } = await imported(mnist, bytes, { map });
  expect(back.file.parameters).toEqual(mnist.file.parameters);
  expect(matches).toEqual([
    { parameter: 'hiddenWeights', array: 'fc1.weight', transposed: true },
    { parameter: 'hiddenBias', array: 'fc1.bias', transposed: false },
    { parameter: 'outputWeights', array: 'fc2.weight', transposed: true },
    { parameter: 'outputBias', array: 'outputBias', transposed: false },
  ]);
});

describe('a file that does not fit the model is refused', () => {
  const rejection = async (
    change: (arrays: Arrays) => Arrays,
    map?: Record<string, string>,
    options?: SavedModel['file']['options'],
  ): Promise<string> => {
    const promise = imported(mnist, npzOf(mnist, change), { map, options });
    await expect(promise).rejects.toThrow(InputError);
    return promise.catch((error: unknown) => (error as Error).message) as Promise<string>;
  };

  const same = (arrays: Arrays) => arrays;
  const renamed = ({ hiddenWeights, ...arrays }: Arrays) => ({ 'fc1.weight': hiddenWeights, ...arrays });
  const changed = (name: string, change: (array: Arrays[string]) => object) => (arrays: Arrays) => ({
    ...arrays,
    [name]: { ...arrays[name], ...change(arrays[name]) },
  });
  const asRow = () => ({ shape: [1, 16] });
  const withValue = (value: number) =>
    changed('hiddenBias', ({ values }) => ({ values: Array.from(values).with(3, value) }));
  const takes = 'hiddenWeights [16, 16], hiddenBias [16], outputWeights [16, 10], outputBias [10]';

  test('with a sentence that lists its arrays and what the model takes', async () => {
    const message = await rejection(renamed);
    expect(message).toContain('net does not fit mnist: it has no array hiddenWeights.');
    expect(message).toContain(`The file has ${takes.replace('hiddenWeights', 'fc1.weight')}`);
    expect(message).toContain(`mnist takes ${takes}`);
    expect(await rejection(changed('hiddenBias', asRow))).toContain(`mnist takes ${takes}`);
  });

  test.each<[string, (arrays: Arrays) => Arrays, string, Record<string, string>?, number?]>([
    [
      'if a shape differs, though the number of values is the same',
      changed('outputWeights', transposed),
      'the array outputWeights has the shape [10, 16], and the parameter outputWeights has [16, 10]',
    ],
    [
      'if a vector is a row of a matrix',
      changed('hiddenBias', asRow),
      'the array hiddenBias has the shape [1, 16], and the parameter hiddenBias has [16]',
    ],
    [
      'if the layers have other sizes than the options say',
      same,
      'the array hiddenWeights has the shape [16, 16], and the parameter hiddenWeights has [16, 12]',
      {},
      12,
    ],
    [
      'if an array is left over',
      (arrays) => ({ ...arrays, extra: arrays.hiddenBias }),
      'no parameter takes extra.',
    ],
    [
      'if the map names a missing array',
      same,
      'it has no array fc1.bias for hiddenBias',
      { hiddenBias: 'fc1.bias' },
    ],
    [
      'if the map names an unknown parameter',
      same,
      'no parameter hidden; it has hiddenWeights,',
      { hidden: 'hiddenBias' },
    ],
    ['if the map transposes a vector', same, 'hiddenBias is not a matrix', { hiddenBias: 'hiddenBias.T' }],
    ['if a value is NaN', withValue(NaN), 'net: the array hiddenBias has the value NaN at 3'],
    ['if a value is infinite', withValue(Infinity), 'net: the array hiddenBias has the value Infinity at 3'],
  ])('%s', async (_, change, problem, ...[map, hidden = 16]) => {
    expect(await rejection(change, map, { ...mnist.file.options, hidden })).toContain(problem);
  });

  test('if it is an export of another model', async () => {
    const bytes = (await exportModel(savedZoo.xor(), 'safetensors')).files[
      'parameters.safetensors'
    ] as Uint8Array;
    await expect(imported(savedZoo.points(), bytes)).rejects.toThrow(
      'an export of the model xor, not of points',
    );
  });

  test.each(['', 'abc', '{"modelTopology": {}}'])('if it is neither format: "%s"', async (text) => {
    await expect(imported(mnist, new TextEncoder().encode(text))).rejects.toThrow(
      'not a valid .npz or .safetensors file',
    );
  });
});
