/**
 * Document 001: logistic regression on pictures of cats, and the worked examples before it.
 */
import { exactRow, rowWithoutData, type Printed } from './compare.ts';
import type { Context } from './context.ts';
import { curveOf, type Curve, type Report, type Row } from './report.ts';
import printed from './printed/001.json' with { type: 'json' };
import byNumPy from './printed/numpy-001.json' with { type: 'json' };
import type { TrainingOutcome } from './training-job.ts';
import { workedExampleRows } from './worked-examples.ts';

/** Iterations by learning rate: the document's main run and its comparison. */
const iterations: Record<string, number> = {
  '0.005': 2000,
  '0.01': 1500,
  '0.001': 1500,
  '0.0001': 1500,
};
const learningRates = Object.keys(iterations);

export async function document001(context: Context): Promise<Partial<Report>> {
  const [cats, measurements] = await Promise.all([
    reproduceCats(context),
    context.runTimings({ backend: context.fastBackend }),
  ]);
  return { ...cats, rows: [...workedExampleRows(context), ...cats.rows], measurements };
}

async function reproduceCats(context: Context): Promise<Pick<Report, 'rows' | 'plots'>> {
  const missing = await context.missingData('cats');
  if (missing) {
    const all = [...printedByDocument(), ...learningRates.flatMap(printedByNumPy)];
    return { rows: all.map(({ what }) => rowWithoutData(what, missing)), plots: [] };
  }
  const outcomes = await Promise.all(
    learningRates.map((rate) =>
      context.run({
        model: 'cats',
        recipe: { learningRate: Number(rate), epochs: iterations[rate] },
        // Double precision where there are numbers to compare, not for the curve alone.
        backend: rate in byNumPy.cats ? context.backend : context.fastBackend,
        data: { ...context.data, seed: 1 },
        keep: [iterations[rate]],
      }),
    ),
  );
  const judge = (all: PrintedWithOurs[], outcome: TrainingOutcome): Row[] =>
    all.map(({ what, of }) => exactRow(what, of(outcome), context.backend));
  const [main, ...compared] = learningRates.map((rate, i) =>
    curveOf(`learning rate ${rate}`, everyHundredth(outcomes[i].losses), (loss, x) => ({ x, y: loss })),
  );
  return {
    rows: [
      ...judge(printedByDocument(), outcomes[0]),
      ...learningRates.flatMap((rate, i) => judge(printedByNumPy(rate), outcomes[i])),
    ],
    plots: [
      plot('001-cost', 'Document 001, learning rate 0.005', [main]),
      plot('001-learning-rates', 'Document 001, three learning rates', compared),
    ],
  };
}

const plot = (name: string, title: string, curves: Curve[]): Report['plots'][number] => ({
  document: '001',
  name,
  title,
  xLabel: 'iterations (hundreds)',
  yLabel: 'cost',
  curves,
});

const everyHundredth = (losses: number[]): number[] => losses.filter((_, i) => i % 100 === 0);

interface PrintedWithOurs {
  what: Printed;
  of: (outcome: TrainingOutcome) => number;
}

function printedByDocument(): PrintedWithOurs[] {
  const row = (item: string, text: string, of: PrintedWithOurs['of']): PrintedWithOurs => ({
    what: { document: '001', item, printed: text },
    of,
  });
  const { train, test, trainFlat, testFlat } = printed.shapes;
  const rowsOf = (set: 'train' | 'test') => (outcome: TrainingOutcome) => last(outcome)[set].logits.length;
  const features = (set: 'train' | 'test') => (outcome: TrainingOutcome) => last(outcome)[set].features;
  const { costs, accuracy } = printed;
  return [
    row('training pictures', train[0], rowsOf('train')),
    row('test pictures', test[0], rowsOf('test')),
    row('columns of the flat training set', trainFlat[1], rowsOf('train')),
    row('columns of the flat test set', testFlat[1], rowsOf('test')),
    row('numbers in a training picture', trainFlat[0], features('train')),
    row('numbers in a test picture', testFlat[0], features('test')),
    ...costs.map((cost, i) => row(`cost after iteration ${100 * i}`, cost, ({ losses }) => losses[100 * i])),
    row('training accuracy in %', accuracy.train, (outcome) => 100 * last(outcome).train.accuracy),
    row('test accuracy in %', accuracy.test, (outcome) => 100 * last(outcome).test.accuracy),
  ];
}

function printedByNumPy(rate: string): PrintedWithOurs[] {
  const { cats } = byNumPy;
  if (!(rate in cats)) return [];
  const { costs, trainAccuracy, testAccuracy, bias, weightNorm } = cats[rate as keyof typeof cats];
  const row = (item: string, value: number, of: PrintedWithOurs['of']): PrintedWithOurs => ({
    what: {
      document: '001',
      item: `learning rate ${rate}: ${item}`,
      printed: String(value),
      kind: 'numpy',
      group: `learning rate ${rate}`,
    },
    of,
  });
  return [
    ...costs.map((cost, i) => row(`cost after iteration ${100 * i}`, cost, ({ losses }) => losses[100 * i])),
    row('training accuracy', trainAccuracy, (outcome) => last(outcome).train.accuracy),
    row('test accuracy', testAccuracy, (outcome) => last(outcome).test.accuracy),
    row('bias', bias, (outcome) => last(outcome).parameters.bias.values[0]),
    row('length of the weight vector', weightNorm, (outcome) =>
      Math.hypot(...last(outcome).parameters.weights.values),
    ),
  ];
}

const last = ({ snapshots }: TrainingOutcome) => Object.values(snapshots)[0];
