/**
 * Which rows of a table train and which are held back.
 */
import { InputError } from '../../utils/errors.ts';
import type { RandomState } from '../../utils/random.ts';
import { stratifiedSplit } from '../stratified-split.ts';
import type { Answers } from './answers.ts';
import { quoted } from './table.ts';

/** Places among the rows of a table or folder, by scikit-learn's `train_test_split`; `stratify` where there are classes. @throws InputError where there are too few rows */
export function splitRowsOf(
  name: string,
  { labels, names }: Pick<Answers, 'labels' | 'names'>,
  testShare: number,
  random: RandomState,
): { train: Int32Array; test: Int32Array } {
  const { length } = labels;
  if (testShare === 0) {
    return { train: Int32Array.from({ length }, (_, place) => place), test: new Int32Array(0) };
  }
  const held = Math.ceil(testShare * length);
  const few = (what: string) =>
    new InputError(`${name}: ${what}; give more rows, or hold none back with --test-share 0.`);
  if (labels instanceof Float64Array) {
    if (held >= length) throw few(`${length} rows are too few to hold ${held} back for the test`);
    const order = random.permutation(length);
    return { train: order.slice(held), test: order.slice(0, held) };
  }
  for (const [label, className] of names.entries()) {
    const count = labels.filter((one) => one === label).length;
    if (count < 2)
      throw few(`class ${quoted(className)} has one row only, and a row to train and one to test are needed`);
  }
  if (held < names.length || length - held < names.length) {
    throw few(
      `${length} rows of ${names.length} classes are too few to hold ${held} of them back for the test`,
    );
  }
  return stratifiedSplit(labels, testShare, random);
}
