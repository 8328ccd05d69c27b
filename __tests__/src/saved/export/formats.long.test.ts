import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { useBackend } from '../../../../src/backend/index.ts';
import { findNumPy } from '../../../../src/node/numpy.ts';
import { largestDifference, modelAnswers } from '../../../../src/saved/export/check.ts';
import { exportModel, formatNames, type FormatName } from '../../../../src/saved/export/formats.ts';
import type { SavedModel } from '../../../../src/saved/saved-model.ts';
import { cells, curious, grey, wrong } from '../../../helpers/own-networks.ts';
import { savedModel, savedZoo } from '../../../helpers/saved.ts';

const python = await findNumPy();
if (!python)
  console.info('SKIPPED: running the exported Python programs, for there is no python3 with NumPy here.');

const exactIn = (format: FormatName) => (format === 'layers' || format === 'onnx' ? 1e-6 : 1e-12);

const checkedBy = async (saved: SavedModel, format: FormatName, dtype?: 'float64') =>
  (await exportModel(saved, format, { dtype, python })).checked;

test.each(Object.keys(savedZoo).filter((name) => name !== 'lenet' && name !== 'cats'))(
  '%s goes out in every format, Python too, and computes the same there',
  async (name) => {
    const saved = savedZoo[name]();
    for (const format of formatNames) {
      const checked = await checkedBy(saved, format);
      if (format === 'python' && !python) continue;
      expect(checked?.rows).toBe(100);
      expect(checked?.maxDifference).toBeLessThanOrEqual(exactIn(format));
    }
    expect((await checkedBy(saved, 'onnx', 'float64'))?.maxDifference).toBeLessThan(1e-12);
  },
);

test('large pictures go out', async () => {
  for (const dtype of [undefined, 'float64'] as const)
    expect((await checkedBy(savedZoo.cats(), 'onnx', dtype))?.maxDifference).toBeLessThan(1e-12);
});

test('convolutions go out with their channels in every order that the formats want', async () => {
  const saved = savedModel('lenet', {
    options: { filters: [3, 4] },
    features: 256,
    classNames: ['a', 'b', 'c'],
    preprocessing: grey(16),
  });
  for (const format of formatNames) {
    const checked = await checkedBy(saved, format);
    if (checked) expect(checked.maxDifference).toBeLessThanOrEqual(exactIn(format));
  }
  expect((await checkedBy(saved, 'onnx', 'float64'))?.maxDifference).toBeLessThan(1e-12);
});

test.each(Object.keys(curious))('a model of one’s own goes out whole: %s', async (name) => {
  await useBackend('cpu');
  const saved = curious[name];
  for (const [format, dtype] of [['js'], ['python'], ['onnx'], ['onnx', 'float64']] as const) {
    const checked = await checkedBy(saved, format, dtype);
    if (checked) expect(checked.maxDifference).toBeLessThanOrEqual(dtype ? 1e-12 : exactIn(format));
  }
});

(python ? test : test.skip)('so does a Python program', async () => {
  const saved = savedZoo['mlp, cells of a table']();
  const [text] = Object.values((await exportModel(saved, 'python')).files) as string[];
  const expected = await modelAnswers(saved, cells as never);
  const written = cells.map((row) => row.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell)));
  const answers = await python!.run(text, written as never);
  expect(largestDifference(Float64Array.from(answers.flat()), expected)).toBeLessThan(1e-12);
  for (const row of wrong) await expect(python!.run(text, [row] as never)).rejects.toThrow();
});

test('equal models make equal bytes', async () => {
  for (const format of formatNames)
    expect((await exportModel(savedZoo.xor(), format, { python })).files).toEqual(
      (await exportModel(savedZoo.xor(), format, { python })).files,
    );
});

const checker = spawnSync('python3', ['-c', 'import onnx']).status === 0 ? 'python3' : '/usr/bin/python3';
const hasChecker = spawnSync(checker, ['-c', 'import onnx']).status === 0;
if (!hasChecker) console.info('SKIPPED: the checker of ONNX files, for there is no python3 with onnx here.');

(hasChecker ? test : test.skip)('the reference checker of ONNX finds no fault', async () => {
  for (const saved of [savedZoo.lenet(), savedZoo['breast-cancer'](), savedZoo['xor-composed']()])
    for (const dtype of ['float32', 'float64'] as const) {
      const [bytes] = Object.values((await exportModel(saved, 'onnx', { dtype })).files);
      const code = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.stdin.buffer), full_check=True)';
      const { status, stderr } = spawnSync(checker, ['-c', code], { input: bytes, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
});
