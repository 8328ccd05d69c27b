/**
 * Document 004: four perceptrons, the XOR composed of three of them, XORNet, and the digits program.
 */
import { truthTable } from '../../datasets/logic-gates.ts';
import { models } from '../../models/index.ts';
import { sigmoid } from '../evaluation/metrics.ts';
import { exactRow, type Printed } from './compare.ts';
import { digitsReport } from './document-004-digits.ts';
import printed from './printed/004.json' with { type: 'json' };
import { measure, type Snapshot } from './training-job.ts';
import type { Context } from './context.ts';
import { joinReports, type Report, type Row } from './report.ts';

const hundreds = Array.from({ length: 10 }, (_, i) => 100 * (i + 1));
const inputs = ['00', '01', '10', '11'];

export async function document004(context: Context): Promise<Report> {
  const [gates, xorNet, digits] = await Promise.all([
    reproduceGates(context),
    reproduceXorNet(context),
    digitsReport(context),
  ]);
  return joinReports([{ rows: [...gates, ...xorNet] }, digits]);
}

/** A row of document 004, judged on the context's backend. */
const row = (context: Context, what: Omit<Printed, 'document'>, ours: number): Row =>
  exactRow({ document: '004', ...what }, ours, context.backend);

function predictionRows(context: Context, name: string, texts: string[], logits: ArrayLike<number>): Row[] {
  return texts.map((text, i) =>
    row(context, { item: `${name}: prediction for ${inputs[i]}`, printed: text }, sigmoid(logits[i])),
  );
}

const common = ({ backend, data }: Context) => ({ backend, data: { ...data, seed: 1 }, keep: hundreds });

async function reproduceGates(context: Context): Promise<Row[]> {
  const names = Object.keys(printed.gates) as Gate[];
  const outcomes = await Promise.all(
    names.map((gate) => context.run({ ...common(context), model: 'gate', options: { gate } })),
  );
  const rows = names.flatMap((gate, i) => gateRows(context, gate, outcomes[i].snapshots));
  const [and, or, nand] = outcomes.map(({ snapshots }) => snapshots[1000].parameters);
  return [...rows, ...composedRows(context, { and, or, nand })];
}

type Gate = keyof typeof printed.gates;

function gateRows(context: Context, gate: Gate, snapshots: Record<number, Snapshot>): Row[] {
  const { costs, parameters, predictions } = printed.gates[gate];
  const name = gate.toUpperCase();
  return [
    ...hundreds.flatMap((epoch, i) => {
      const { parameters: ours, train } = snapshots[epoch];
      const [first, second, bias] = parameters[i];
      const [weight1, weight2] = ours.weights.values;
      const item = `${name} epoch ${epoch}`;
      return [
        row(context, { item: `${item}: cost`, printed: costs[i] }, train.loss),
        row(context, { item: `${item}: weight of x1`, printed: first }, weight1),
        row(context, { item: `${item}: weight of x2`, printed: second }, weight2),
        row(context, { item: `${item}: bias`, printed: bias }, ours.bias.values[0]),
      ];
    }),
    ...predictionRows(context, name, predictions, snapshots[1000].train.logits),
  ];
}

function composedRows(context: Context, parts: Record<string, Snapshot['parameters']>): Row[] {
  const definition = models['xor-composed'];
  const composed = definition.create({ gate: 'xor', asPrinted: false });
  const { logits } = measure(composed, definition.composition!.compose(parts), truthTable('xor'), 2);
  return predictionRows(context, 'AND(NAND, OR)', printed.composedPredictions, logits);
}

async function reproduceXorNet(context: Context): Promise<Row[]> {
  const { snapshots } = await context.run({ ...common(context), model: 'xor' });
  const costs = hundreds.map((epoch, i) => {
    const what = { item: `XORNet epoch ${epoch}: cost`, printed: printed.xorNet.costs[i] };
    return row(context, what, snapshots[epoch].train.loss);
  });
  // Two outputs a row; the document shows the first.
  const firstOutputs = snapshots[1000].train.logits.filter((_, i) => i % 2 === 0);
  return [...costs, ...predictionRows(context, 'XORNet', printed.xorNet.predictions, firstOutputs)];
}
