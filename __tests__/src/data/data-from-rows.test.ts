import { expect, test } from '@jest/globals';
import { dataFromRows } from '../../../src/data/data-from-rows.ts';
import { InputError } from '../../../src/utils/errors.ts';

const rows = (classes: number) => ({
  ...{ name: 'mine', classNames: Array.from({ length: classes }, (_, k) => `class ${k}`) },
  train: { inputs: [[1, 2], [3, 4]], labels: [0, classes - 1] }, // prettier-ignore
});

test('there are two classes up to 256, or one number to predict', () => {
  for (const classes of [1, 2, 256]) expect(dataFromRows(rows(classes)).classNames).toHaveLength(classes);
  for (const classes of [0, 257])
    expect(() => dataFromRows(rows(classes))).toThrow(
      new InputError(`mine needs 2 to 256 class names, or one name for a number to predict, not ${classes}.`),
    );
});
