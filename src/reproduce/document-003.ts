/**
 * Document 003: two networks for breast tumours, one begun with ones, one with random weights.
 */
import { readRows, reportWithoutData, type Printed, type Reading } from './compare.ts';
import type { Context } from './context.ts';
import { joinReports, type Finding, type Report } from './report.ts';
import printed from './printed/003.json' with { type: 'json' };
import byNumPy from './printed/numpy-003.json' with { type: 'json' };
import type { Snapshot, TrainingOutcome } from './training-job.ts';
import { historyPoints } from '../reports/pictures/line-chart.ts';

/** `DualLayer(l2=0.01)` */
const l2 = 0.01;

interface Network {
  /** Its name among NumPy's traces. */
  trace: Exclude<keyof typeof byNumPy, 'about'>;
  title: string;
  init: 'ones' | 'normal';
  asPrinted: boolean;
  epochs: number;
}

const ones = { init: 'ones', epochs: 20_000 } as const;
const random = { init: 'normal', epochs: 500 } as const;

const networks: Network[] = [
  { ...ones, trace: 'dualLayerAsPrinted', title: 'weights of 1', asPrinted: true },
  { ...ones, trace: 'dualLayerCorrected', title: 'weights of 1, corrected', asPrinted: false },
  { ...random, trace: 'randomInitAsPrinted', title: 'random weights', asPrinted: true },
  { ...random, trace: 'randomInitCorrected', title: 'random weights, corrected', asPrinted: false },
];

export async function document003(context: Context): Promise<Partial<Report>> {
  const missing = await context.missingData('breast-cancer');
  if (missing) return reportWithoutData(networks.flatMap(printedOf), missing);
  return joinReports(await Promise.all(networks.map((network) => reproduce(context, network))));
}

async function reproduce(context: Context, network: Network): Promise<Partial<Report>> {
  const { init, asPrinted, epochs, title, trace } = network;
  const counted = Object.keys(byNumPy[trace].loss).map(Number);
  const outcome = await context.run({
    model: 'breast-cancer',
    options: { init, l2 },
    asPrinted,
    recipe: { epochs },
    backend: context.backend,
    data: { ...context.data, seed: 42 },
    // Each recorded loss mixes two states of the weights, see `recordedLoss`.
    keep: [...new Set(counted.flatMap((epoch) => [epoch - 1, epoch]))],
    recordEvery: epochs / 500,
  });
  return {
    rows: readRows(printedOf(network), outcome, context.backend),
    findings: init === 'ones' ? [unitsStayEqual(title, outcome.snapshots[epochs])] : [],
    plots: [
      {
        document: '003',
        name: `003-loss-${trace}`,
        title: `Document 003, ${title}`,
        x: { label: 'epoch', min: 0 },
        y: { label: 'loss', min: 0, max: init === 'ones' ? 0.3 : 0.7 },
        series: [
          { name: 'train_loss', points: historyPoints(outcome.history, 'loss') },
          { name: 'val_loss', points: historyPoints(outcome.history, 'validationLoss') },
        ],
      },
    ],
  };
}

/** Ten units that start alike get equal gradients for ever: the network learns as if it had one. */
function unitsStayEqual(title: string, { parameters }: Snapshot): Finding {
  const { shape, values } = parameters.hiddenWeights;
  const units = shape[1];
  const apart = values.reduce((most, w, i) => Math.max(most, Math.abs(w - values[i - (i % units)])), 0);
  return {
    document: '003',
    text: `${title}: after training its ${units} hidden units differ by at most ${apart.toPrecision(1)} in any weight.`,
    holds: apart < 1e-3,
  };
}

/** Every printed number of a network, and how ours is read from its training. */
function printedOf({ trace, title, asPrinted, init, epochs }: Network): Reading<TrainingOutcome>[] {
  const { loss, validationLoss, validationScore: score } = byNumPy[trace];
  const fromNumPy = (item: string, value: number): Printed => ({
    document: '003',
    item: `${title}: ${item}`,
    printed: String(value),
    kind: 'numpy',
    group: title,
  });
  const byDocument = asPrinted && init === 'ones';
  const scoreRow: Printed = byDocument
    ? { document: '003', item: `${title}: validation score`, printed: printed.validationScore }
    : fromNumPy('validation score', score);
  return [
    { what: scoreRow, of: ({ snapshots }) => snapshots[epochs].validation!.accuracy },
    ...Object.entries(loss).map(([epoch, value]) => ({
      what: fromNumPy(`train_loss of epoch ${epoch}`, value),
      of: (outcome: TrainingOutcome) => recordedLoss(outcome, Number(epoch)),
    })),
    ...Object.entries(validationLoss).map(([epoch, value]) => ({
      what: fromNumPy(`val_loss of epoch ${epoch}`, value),
      of: ({ snapshots }: TrainingOutcome) => snapshots[Number(epoch)].validation!.loss,
    })),
  ];
}

/**
 * What the program appends to `losses`: the data's loss before the epoch's update, but the penalty after it.
 */
function recordedLoss({ losses, snapshots }: TrainingOutcome, epoch: number): number {
  const penalty = ({ parameters, train }: Snapshot): number => {
    const squares = [...parameters.hiddenWeights.values, ...parameters.outputWeights.values].map(
      (w) => w * w,
    );
    return ((l2 / 2) * squares.reduce((a, b) => a + b)) / train.logits.length;
  };
  return losses[epoch - 1] - penalty(snapshots[epoch - 1]) + penalty(snapshots[epoch]);
}
