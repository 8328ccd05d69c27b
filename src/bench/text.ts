/** The whole report in words and tables, for a terminal or for docs/performance.md. */
import { wrap } from '../gradient-check/text.ts';
import type { BenchReport } from './report.ts';
import { markdownTable, peerName, plainTable, ratioTables, timesTable, type Table } from './table.ts';
import type { Workload } from './workloads.ts';

const explanation = [
  'One step is one update of the weights, with the loss of its batch; µs/step: median, least and most of the rounds. ' +
    'MiB: the most memory the process ever held. tensors: made per step. All in float32 but numpy-float64, each with ' +
    'one thread and on the same random numbers; all rounds interleaved.',
  'zoo ÷ …: time of the zoo over time of a peer, median over the rounds; below 1 the zoo is faster. Gradients are ' +
    'by hand unless it says auto; those of layers, torch and keras are automatic. naive and layers ' +
    'on wasm: the package as it comes, without the zoo’s repair of matMul.',
];

export function benchText(report: BenchReport, workloads: Workload[]): string {
  return [
    ...[about(report), ...explanation].map((line) => wrap(line, 80).join('\n')),
    ...sections(report, workloads, plainTable, ({ name, title }) => `${name}: ${title}`),
    ...skippedLines(report).map((line) => wrap(line, 80).join('\n')),
  ].join('\n\n');
}

export function benchMarkdown(report: BenchReport, workloads: Workload[]): string {
  return [
    about(report),
    ...explanation,
    ...sections(report, workloads, markdownTable, ({ name, title }) => `### ${name}\n\n${title}`),
    ...skippedLines(report),
  ].join('\n\n');
}

function sections(
  report: BenchReport,
  workloads: Workload[],
  format: (table: Table, left: number) => string,
  heading: (workload: Workload) => string,
): string[] {
  return workloads.flatMap((workload) => {
    const rows = report.rows.filter((row) => row.workload === workload.name);
    if (rows.length === 0) return [];
    return [
      heading(workload),
      format(timesTable(rows), 3),
      ...ratioTables(report, workload.name).map((table) => format(table, 1)),
      ...remarks(report, workload.name),
    ];
  });
}

function remarks({ speedUps, agreements }: BenchReport, workload: string): string[] {
  const faster = speedUps
    .filter((each) => each.workload === workload)
    .map(({ backend, manualOverAutodiff }) => `${backend} ${manualOverAutodiff.toFixed(2)}×`);
  const lines = faster.length > 0 ? [`By hand faster than by autodiff: ${faster.join(', ')}.`] : [];
  for (const { step, agree, largestDifference, compared } of agreements.filter(
    (each) => each.workload === workload,
  )) {
    const difference = `by at most ${largestDifference.toExponential(0)}`;
    lines.push(
      agree
        ? `The losses of step ${step} agree: ${compared} programs differ ${difference}.`
        : `The losses of step ${step} DIFFER ${difference}: these programs do not do the same.`,
    );
  }
  return lines.length > 0 ? [lines.join('\n')] : [];
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
