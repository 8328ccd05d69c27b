import { drawBarChart } from '../../pictures/plots/bar-chart.ts';
import type { BenchReport, BenchRow } from './report.ts';
import { gradientsOf, peerName } from './table.ts';
import type { Workload } from './workloads.ts';

const kinds = ['backprop-zoo', 'plain TensorFlow.js', 'Python'];

const kindOf = ({ implementation }: BenchRow): string =>
  implementation === 'zoo'
    ? kinds[0]
    : implementation === 'naive' || implementation.startsWith('layers')
      ? kinds[1]
      : kinds[2];

/** An SVG: median time of a step, a panel for each workload, the fastest first. */
export function drawBench({ rows }: BenchReport, workloads: Workload[]): Promise<string> {
  const panels = workloads.map(({ name, title }) => ({
    title: `${name}: ${title}`,
    bars: rows
      .filter(({ workload }) => workload === name)
      .sort((a, b) => a.microsecondsPerStep.median - b.microsecondsPerStep.median)
      .map((row) => ({
        name: row.implementation === 'zoo' ? `zoo ${row.backend}, ${gradientsOf(row)}` : peerName(row),
        value: row.microsecondsPerStep.median,
        kind: kindOf(row),
      })),
  }));
  return drawBarChart({
    title: 'Time of one training step',
    unit: 'µs per step',
    kinds: kinds.filter((kind) => rows.some((row) => kindOf(row) === kind)),
    panels: panels.filter(({ bars }) => bars.length > 0),
  });
}
