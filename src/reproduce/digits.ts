/**
 * The digits of document 004: what it prints of its data, and its words "did not learn well", confirmed beside a
 * network that differs in its loss alone and does learn.
 */
import { models } from '../../models/index.ts';
import { exactRow, rowWithoutData } from './compare.ts';
import type { DigitsOutcome } from './digits-program.ts';
import printed from './printed/004.json' with { type: 'json' };
import type { Context, Finding, Report } from './types.ts';
import { percent } from '../utils/text.ts';

/** Enough for the right loss to show; a second each. */
const epochsOfRightLoss = 3;

export async function digitsReport(context: Context): Promise<Partial<Report>> {
  const missing = await context.missingData('mnist');
  if (missing)
    return { rows: printedValues().map(([item, text]) => rowWithoutData(numbered(item, text), missing)) };
  const { fastBackend: backend, data } = context;
  const [twice, once, right] = await Promise.all([
    context.runDigits({ backend, data, scaledTwice: true }),
    context.runDigits({ backend, data, scaledTwice: false }),
    context.run({
      model: 'mnist',
      options: { hidden: 64, activation: 'sigmoid' },
      recipe: { ...models.mnist.presets!.document, epochs: epochsOfRightLoss, validation: 0 },
      backend,
      data: { ...data, seed: 777 },
      keep: [epochsOfRightLoss],
    }),
  ]);
  return {
    rows: printedValues(twice).map(([item, text, ours]) =>
      exactRow(numbered(item, text), ours!, context.backend),
    ),
    findings: [
      ...[twice, once].map((outcome, i) => didNotLearn(outcome, i === 0 ? 'twice' : 'once')),
      learns(right.snapshots[epochsOfRightLoss].test.accuracy),
    ],
  };
}

const numbered = (item: string, text: string): Parameters<typeof rowWithoutData>[0] => ({
  document: '004',
  item: `MNIST: ${item}`,
  printed: text,
});

/** What is printed of the data, with ours where it is there. */
function printedValues(ours?: DigitsOutcome): [item: string, text: string, ours?: number][] {
  const { trainShape, testShape, firstLabel, largestOfFirst, smallestOfFirstTest, firstTarget } =
    printed.digits;
  return [
    ...shapeOf('training', trainShape, ours?.trainShape),
    ...shapeOf('test', testShape, ours?.testShape),
    ['first label', firstLabel, ours?.firstLabel],
    ['largest pixel of the first picture, divided by 255 twice', largestOfFirst, ours?.largestOfFirst],
    ['smallest pixel of the first test picture', smallestOfFirstTest, ours?.smallestOfFirstTest],
    ...firstTarget.map((text, k): [string, string, number?] => [
      `first target, class ${k}`,
      text,
      ours?.firstTarget[k],
    ]),
  ];
}

const shapeOf = (
  name: string,
  texts: string[],
  ours?: readonly number[],
): [item: string, text: string, ours?: number][] => [
  [`${name} pictures`, texts[0], ours?.[0]],
  [`height of ${name} pictures`, texts[1], ours?.[1]],
  [`width of ${name} pictures`, texts[2], ours?.[2]],
];

function didNotLearn({ steps }: DigitsOutcome, scaled: string): Finding {
  const last = steps.at(-1)!;
  return {
    document: '004',
    text:
      `"Did not learn well": after its two steps (pixels divided by 255 ${scaled}) the program as printed reads ` +
      `${percent(last.trainAccuracy)} of the training and ${percent(last.testAccuracy)} of the test digits; guessing reads 10 %.`,
    holds: last.testAccuracy < 0.2,
  };
}

const learns = (accuracy: number): Finding => ({
  document: '004',
  text:
    `The same network with its softmax row by row, its loss for ten classes and ${epochsOfRightLoss} real epochs ` +
    `reads ${percent(accuracy)} of the test digits.`,
  holds: accuracy > 0.8,
});
