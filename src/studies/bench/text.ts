/** The whole report in words and tables, for a terminal or for docs/performance.md. */
import { wrap } from '../../core/text.ts';
import type { BenchReport } from './report.ts';
import { markdownTable, plainTable, type Table } from '../table.ts';
import { brief, peerName, ratioTables, summaryTable, timesTable } from './table.ts';
import type { Workload } from './workloads.ts';

const explanation = [
  'One step is one update of the weights, with the loss of its batch; µs/step: median, least and most of the rounds. ' +
    'MiB: the most memory the process ever held. tensors: made per step. All in float32 but numpy-float64, each with ' +
    'one thread and on the same random numbers; all rounds interleaved.',
  'zoo ÷ …: time of the zoo over time of a peer, median over the rounds; below 1 the zoo is faster. Gradients are ' +
    'by hand unless it says auto; those of layers, torch and keras are automatic. naive and layers ' +
    'on wasm: the package as it comes, without the zoo’s kernels, but for lenet, which it cannot train. layers and ' +
    'keras: fit; -batch: one call for each batch; -steps: fit with steps_per_execution.',
];

/** What differs between a terminal and a document. */
interface Format {
  heading: (workload: Workload) => string;
  table: (table: Table, left: number) => string;
  sentence: (line: string) => string;
}

const plain: Format = {
  heading: ({ name, title }) => `${name}: ${title}`,
  table: asPlain,
  sentence: (line) => wrap(line, 80).join('\n'),
};

const markdown: Format = {
  heading: ({ name, title }) => `### ${name}\n\n${title}`,
  table: markdownTable,
  sentence: (line) => line,
};

export const benchText = (report: BenchReport, workloads: Workload[]): string =>
  written(report, workloads, plain);

export const benchMarkdown = (report: BenchReport, workloads: Workload[]): string =>
  written(report, workloads, markdown);

const written = (report: BenchReport, workloads: Workload[], format: Format): string =>
  [
    ...[about(report), ...explanation].map(format.sentence),
    ...workloads.flatMap((workload) => section(report, workload, format)),
    ...summary(report, format),
    ...skippedLines(report).map(format.sentence),
  ].join('\n\n');

/** Two spaces between columns where the line is short enough for them. */
function asPlain(table: Table, left: number): string {
  const wide = plainTable(table, left, 2);
  return wide.split('\n').every((line) => line.length <= 80) ? wide : plainTable(table, left, 1);
}

function section(report: BenchReport, workload: Workload, format: Format): string[] {
  const rows = report.rows.filter((row) => row.workload === workload.name);
  if (rows.length === 0) return [];
  return [
    format.heading(workload),
    format.table(timesTable(rows), 3),
    ...ratioTables(report, workload.name).map((table) => format.table(table, 1)),
    remarks(report, workload.name).map(format.sentence).join('\n'),
  ].filter(Boolean);
}

/** The fastest peer of each kind in one table, too wide for a terminal: for documents. */
function summary(report: BenchReport, format: Format): string[] {
  const table = format === markdown ? summaryTable(report, 'wasm') : undefined;
  return table ? ['### The fastest way of each to train', format.table(table, 1)] : [];
}

function remarks({ speedUps, agreements }: BenchReport, workload: string): string[] {
  const faster = speedUps
    .filter((each) => each.workload === workload)
    .map(({ backend, manualOverAutodiff }) => `${backend} ${brief(manualOverAutodiff)}×`);
  const lines = faster.length > 0 ? [`By hand faster than by autodiff: ${faster.join(', ')}.`] : [];
  for (const { step, agree, largestDifference, farthest, compared } of agreements.filter(
    (each) => each.workload === workload,
  )) {
    const difference = `by at most ${largestDifference.toExponential(0)}`;
    lines.push(
      agree
        ? `The losses of step ${step} agree: ${compared} programs differ ${difference}.`
        : `The losses of step ${step} DIFFER ${difference}, ${peerName(farthest)} most: they do not do the same.`,
    );
  }
  return lines;
}

function about({ rows, environment }: BenchReport): string {
  const programs = [...new Set(rows.map((row) => row.about))].join(', ');
  return `${programs}; Node.js ${environment.node}, ${environment.platform}, ${environment.processor}`;
}

const skippedLines = ({ skipped }: BenchReport): string[] =>
  skipped.map(
    ({ workload, reason, ...name }) =>
      `skipped: ${peerName(name)}${workload ? ` on ${workload}` : ''}: ${reason.replace(/\.?$/, '.')}`,
  );
