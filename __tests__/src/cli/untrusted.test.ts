import { beforeAll, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../src/utils/errors.ts';
import { loadWeights } from '../../../src/runs/load.ts';
import { formatWeights, type WeightsFile } from '../../../src/weights/weights.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const gate: WeightsFile = {
  format: 'backprop-zoo/weights',
  version: 1,
  model: 'gate',
  options: { gate: 'and' },
  asPrinted: false,
  classNames: ['0', '1'],
  parameters: {
    weights: { shape: [2, 1], dtype: 'float32', values: [10, 10] },
    bias: { shape: [1], dtype: 'float32', values: [-15] },
  },
  preprocessing: { kind: 'none' },
  training: {},
  metrics: {},
};

const directory = temporaryDirectory();
beforeAll(() => {
  const { gate: _, ...others } = gate.options;
  const files: Record<string, string> = {
    'no-option': formatWeights({ ...gate, options: others }),
    'huge-option': formatWeights({ ...gate, model: 'mnist', options: { hidden: 1e9, activation: 'relu' } }),
    'huge-image': formatWeights({
      ...gate,
      preprocessing: { kind: 'image', height: 4096, width: 4096, channels: 3, divisor: 255 },
    }),
    escape: formatWeights({ ...gate, classNames: ['\x1b]0;owned\x07', '1'] }),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
}, 300_000);

test.each([
  ['no-option', 'no-option lacks the option gate.'],
  ['huge-option', 'huge-option: option hidden takes a whole number from 1 to 4096, not 1000000000.'],
  ['huge-image', 'huge-image has 3 values for 50331648 inputs.'],
  ['escape', 'escape is not a valid weights file: at classNames.0: has control characters.'],
])('the weights "%s" are refused', async (name, message) => {
  const failed = loadWeights(join(directory, name));
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.toBeInstanceOf(InputError);
});
