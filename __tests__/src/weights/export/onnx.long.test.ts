import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { exportModel } from '../../../../src/weights/export/export-model.ts';
import { savedSequences, savedZoo } from '../../../helpers/saved.ts';

const checker = spawnSync('python3', ['-c', 'import onnx']).status === 0 ? 'python3' : '/usr/bin/python3';
const hasChecker = spawnSync(checker, ['-c', 'import onnx']).status === 0;
if (!hasChecker) console.info('SKIPPED the checker of ONNX files: there is no python3 with onnx here.');

(hasChecker ? test : test.skip)('the reference checker of ONNX accepts exported files', async () => {
  const zoo = [savedZoo.lenet(), savedZoo['breast-cancer'](), savedZoo['xor-composed']()];
  const sequences = Object.values(savedSequences).map((saved) => saved());
  for (const saved of [...zoo, ...sequences])
    for (const dtype of ['float32', 'float64'] as const) {
      const { files } = await exportModel(saved, 'onnx', { dtype });
      const code = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.stdin.buffer), full_check=True)';
      const input = files['model.onnx'];
      const { status, stderr } = spawnSync(checker, ['-c', code], { input, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
});
