/**
 * Document 003: two networks for breast tumours, one begun with ones, one with random weights.
 */
import { exactRow, rowWithoutData, type Printed } from './compare.ts';
import type { Context } from './context.ts';
import { curveOf, type Finding, type Plot, type Report, type Row } from './report.ts';
import printed from './printed/003.json' with { type: 'json' };
import byNumPy from './printed/numpy-003.json' with { type: 'json' };
import type { Snapshot, TrainingOutcome } from './training-job.ts';

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

const networks: Network[] = [
  { trace: 'dualLayerAsPrinted', title: 'weights of 1', init: 'ones', asPrinted: true, epochs: 20_000 },
  {
    trace: 'dualLayerCorrected',
    title: 'weights of 1, corrected',
    init: 'ones',
    asPrinted: false,
    epochs: 20_000,
  },
  { trace: 'randomInitAsPrinted', title: 'random weights', init: 'normal', asPrinted: true, epochs: 500 },
  {
    trace: 'randomInitCorrected',
    title: 'random weights, corrected',
    init: 'normal',
    asPrinted: false,
    epochs: 500,
  },
];

export async function document003(context: Context): Promise<Partial<Report>> {
  const missing = await context.missingData('breast-cancer');
  if (missing)
    return {
      rows: networks.flatMap((network) =>
        printedOf(network).map(({ what }) => rowWithoutData(what, missing)),
      ),
    };
  const reports = await Promise.all(networks.map((network) => reproduce(context, network)));
  return {
    rows: reports.flatMap(({ rows }) => rows),
    findings: reports.flatMap(({ finding }) => finding ?? []),
    plots: reports.map(({ plot }) => plot),
  };
}

async function reproduce(
  context: Context,
  network: Network,
): Promise<{ rows: Row[]; finding?: Finding; plot: Plot }> {
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
    rows: printedOf(network).map(({ what, of }) => exactRow(what, of(outcome), context.backend)),
    finding: init === 'ones' ? unitsStayEqual(title, outcome.snapshots[epochs]) : undefined,
    plot: {
      document: '003',
      name: `003-loss-${trace}`,
      title: `Document 003, ${title}`,
      xLabel: 'epoch',
      yLabel: 'loss',
      yMax: init === 'ones' ? 0.3 : 0.7,
      curves: [
        curveOf('train_loss', outcome.history, ({ epoch, loss }) => ({ x: epoch, y: loss })),
        curveOf('val_loss', outcome.history, ({ epoch, validationLoss }) => ({
          x: epoch,
          y: validationLoss!,
        })),
      ],
    },
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
function printedOf({
  trace,
  title,
  asPrinted,
  init,
  epochs,
}: Network): { what: Printed; of: (outcome: TrainingOutcome) => number }[] {
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
