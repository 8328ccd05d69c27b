import { expect, test } from '@jest/globals';
import { differenceOf, readersWith } from '../../../helpers/foreign-readers/readers.ts';
import { drawRows } from '../../../../src/weights/export/export-model.ts';
import { savedModel, savedZoo } from '../../../helpers/saved.ts';

/** Rows for each model. */
const few = 10;
const models = {
  xor: savedZoo.xor(),
  'breast-cancer': savedZoo['breast-cancer'](),
  lenet: savedModel('lenet', {
    options: { filters: [3, 4] },
    features: 256,
    classNames: ['a', 'b', 'c'],
    preprocessing: { kind: 'image', height: 16, width: 16, channels: 1, divisor: 255 },
  }),
};

test.each(readersWith('python3').map((reader) => [reader.name, reader] as const))(
  '%s reads what the zoo exports',
  async (name, reader) => {
    if ((await reader.version()) === undefined) {
      console.info(`SKIPPED what ${name} makes of the exports, for it is not installed here.`);
      return;
    }
    for (const saved of Object.values(models)) {
      const difference = await differenceOf(reader, saved, drawRows(saved, few));
      expect(difference).toBeLessThanOrEqual(reader.tolerance);
    }
  },
);
