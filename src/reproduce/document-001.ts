/**
 * Document 001: logistic regression on pictures of cats, and the worked examples before it.
 */
import { readRows, reportWithoutData, type Reading } from './compare.ts';
import type { Context } from './context.ts';
import type { Plot, Report } from './report.ts';
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
  return { ...cats, rows: [...workedExampleRows(context), ...cats.rows!], measurements };
}

async function reproduceCats(context: Context): Promise<Partial<Report>> {
  const missing = await context.missingData('cats');
  if (missing)
    return reportWithoutData([...printedByDocument(), ...learningRates.flatMap(printedByNumPy)], missing);
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
  const [main, ...compared] = learningRates.map((rate, i) => ({
    name: `learning rate ${rate}`,
    points: everyHundredth(outcomes[i].losses).map((loss, x): [number, number] => [x, loss]),
  }));
  return {
    rows: [
      ...readRows(printedByDocument(), outcomes[0], context.backend),
      ...learningRates.flatMap((rate, i) => readRows(printedByNumPy(rate), outcomes[i], context.backend)),
    ],
    plots: [
      plot('001-cost', 'Document 001, learning rate 0.005', [main]),
      plot('001-learning-rates', 'Document 001, three learning rates', compared),
    ],
  };
}

const plot = (name: string, title: string, series: Plot['series']): Plot => ({
  ...{ document: '001', name, title, series },
  x: { label: 'iterations (hundreds)', min: 0 },
  y: { label: 'cost', min: 0 },
});

const everyHundredth = (losses: number[]): number[] => losses.filter((_, i) => i % 100 === 0);

type CatsReading = Reading<TrainingOutcome>;

function printedByDocument(): CatsReading[] {
  const row = (item: string, text: string, of: CatsReading['of']): CatsReading => ({
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

function printedByNumPy(rate: string): CatsReading[] {
  const { cats } = byNumPy;
  if (!(rate in cats)) return [];
  const { costs, trainAccuracy, testAccuracy, bias, weightNorm } = cats[rate as keyof typeof cats];
  const group = `learning rate ${rate}`;
  const row = (item: string, value: number, of: CatsReading['of']): CatsReading => ({
    what: { document: '001', item: `${group}: ${item}`, printed: String(value), kind: 'numpy', group },
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
