/**
 * scikit-learn's `train_test_split(…, stratify=labels)`: both parts keep the proportion of the classes. It gives
 * scikit-learn's rows in scikit-learn's order (`StratifiedShuffleSplit`, `_approximate_mode`), so that results
 * on one split can be compared.
 */
import type { Labels } from './dataset.ts';
import { quoted } from './table/table.ts';
import { InputError } from '../utils/errors.ts';
import type { RandomState } from '../utils/random.ts';

export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * @param labels `[rows]`, the class of each row; each class that occurs needs two rows or more.
 * @param testShare Part of the rows that is held back, in (0, 1), rounded up to whole rows.
 * @returns Row numbers of the two parts, in the order in which scikit-learn returns them.
 * @throws RangeError where the rows are too few to be split.
 */
export function stratifiedSplit(labels: Uint8Array, testShare: number, random: RandomState): Split {
  if (!(testShare > 0 && testShare < 1)) throw new RangeError(`testShare is ${testShare}, not inside (0, 1)`);
  const members = rowsByClass(labels);
  const testRows = Math.ceil(testShare * labels.length);
  const trainRows = labels.length - testRows;
  if (
    members.some((rows) => rows.length < 2) ||
    Math.min(trainRows, testRows) < Math.max(members.length, 1)
  ) {
    throw new RangeError(
      `${labels.length} rows of ${members.length} classes are too few for a stratified split`,
    );
  }
  const counts = members.map((rows) => rows.length);
  const trainCounts = approximateMode(counts, trainRows, random);
  const left = counts.map((count, k) => count - trainCounts[k]);
  const testCounts = approximateMode(left, testRows, random);

  const shuffled = members.map((rows) => Array.from(random.permutation(rows.length), (i) => rows[i]));
  const train = shuffled.flatMap((rows, k) => rows.slice(0, trainCounts[k]));
  const test = shuffled.flatMap((rows, k) => rows.slice(trainCounts[k], trainCounts[k] + testCounts[k]));
  return { train: random.shuffle(Int32Array.from(train)), test: random.shuffle(Int32Array.from(test)) };
}

/** Rows of each class that occurs, ascending, classes ascending. */
function rowsByClass(labels: Uint8Array): number[][] {
  const members: number[][] = [];
  labels.forEach((label, row) => (members[label] ??= []).push(row));
  return members.filter((rows) => rows !== undefined);
}

/**
 * How many of `draws` rows fall to each class: the proportional share, rounded down, then one more for the largest
 * remainders until all are dealt out; the random stream decides between equal remainders.
 */
export function approximateMode(counts: readonly number[], draws: number, random: RandomState): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (count / total) * draws);
  const dealt = shares.map(Math.floor);
  const remainders = shares.map((share, k) => share - dealt[k]);
  let missing = draws - dealt.reduce((sum, count) => sum + count, 0);
  for (const remainder of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing === 0) break;
    const tied = remainders.flatMap((value, k) => (value === remainder ? [k] : []));
    const chosen = random.permutation(tied.length).slice(0, missing);
    for (const i of chosen) dealt[tied[i]]++;
    missing -= chosen.length;
  }
  return dealt;
}

/**
 * Rows for training and test by scikit-learn's `train_test_split`, stratified unless the labels are numbers.
 *
 * @throws InputError if there are too few rows
 */
export function splitRowsOf(
  name: string,
  labels: Labels,
  classNames: readonly string[],
  testShare: number,
  random: RandomState,
): Split {
  const { length } = labels;
  if (testShare === 0) {
    return { train: Int32Array.from({ length }, (_, place) => place), test: new Int32Array(0) };
  }
  const held = Math.ceil(testShare * length);
  const few = (what: string) =>
    new InputError(`${name}: ${what}; add rows, or hold back none with --test-share 0.`);
  if (labels instanceof Float64Array) {
    if (held >= length) throw few(`${length} rows are too few to hold back ${held} for the test`);
    const order = random.permutation(length);
    return { train: order.slice(held), test: order.slice(0, held) };
  }
  for (const [label, className] of classNames.entries()) {
    const count = (labels as Uint8Array).filter((one) => one === label).length;
    if (count < 2) throw few(`class ${quoted(className)} has only one row; training and test need one each`);
  }
  if (held < classNames.length || length - held < classNames.length) {
    throw few(`${length} rows of ${classNames.length} classes are too few to hold back ${held} for the test`);
  }
  return stratifiedSplit(labels as Uint8Array, testShare, random);
}
