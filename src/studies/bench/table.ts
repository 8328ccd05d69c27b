/** The report as tables: at most 80 columns wide for people, or Markdown for documents. Both have the same cells. */
import type { BenchReport, BenchRow, RowName } from './report.ts';

export interface Table {
  head: string[];
  rows: string[][];
}

/** As many digits as a measurement deserves, and never more than six characters. */
export const brief = (value: number): string =>
  value >= 1e6
    ? value.toExponential(1).replace('+', '')
    : value >= 100
      ? String(Math.round(value))
      : value.toPrecision(value < 1 ? 2 : 3);

const gradientNames = { manual: 'by hand', autodiff: 'autodiff' } as const;

export const gradientsOf = ({ gradients }: RowName): string => (gradients ? gradientNames[gradients] : '');

/** `numpy-float64` on `numpy`: the backend says nothing new. */
const backendOf = ({ implementation, backend }: RowName): string =>
  backend === implementation.split('-')[0] ? '' : backend;

export function timesTable(rows: BenchRow[]): Table {
  return {
    head: ['', 'backend', 'gradients', 'µs/step', 'min', 'max', 'steps/s', 'MiB', 'tensors'],
    rows: rows.map((row) => {
      const { implementation, microsecondsPerStep: time } = row;
      return [
        implementation,
        backendOf(row),
        gradientsOf(row),
        ...[time.median, time.min, time.max, row.stepsPerSecond].map(brief),
        String(Math.round(row.peakMemoryMebibytes)),
        row.tensorsPerStep === undefined ? '' : brief(row.tensorsPerStep),
      ];
    }),
  };
}

/** `layers wasm`, `naive wasm auto`, `torch`: gradients are by hand where it does not say `auto`. */
export const peerName = (name: RowName): string =>
  [name.implementation, backendOf(name), autoOf(name)].filter(Boolean).join(' ');

const autoOf = ({ gradients }: RowName): string => (gradients === 'autodiff' ? 'auto' : '');

const same = (a: RowName, b: RowName): boolean => peerName(a) === peerName(b);

/** Time of the zoo ÷ time of each peer; at most three backends a table, so that it fits a terminal. */
export function ratioTables({ ratios }: BenchReport, workload: string): Table[] {
  const own = ratios.filter((ratio) => ratio.workload === workload);
  const distinct = (names: RowName[]) =>
    names.filter((name, i) => names.findIndex((other) => same(name, other)) === i);
  const ours = distinct(own.map(({ zoo }) => zoo));
  const peers = distinct(own.map(({ peer }) => peer));
  const tables: Table[] = [];
  const columnsAtOnce = 6;
  for (let from = 0; from < ours.length && peers.length > 0; from += columnsAtOnce) {
    const columns = ours.slice(from, from + columnsAtOnce);
    tables.push({
      head: ['zoo ÷ …', ...columns.map((zoo) => `${zoo.backend} ${autoOf(zoo)}`.trim())],
      rows: peers.map((peer) => [
        peerName(peer),
        ...columns.map((zoo) => {
          const found = own.find((ratio) => same(ratio.zoo, zoo) && same(ratio.peer, peer));
          return found ? briefRatio(found.ratio) : '';
        }),
      ]),
    });
  }
  return tables;
}

const briefRatio = (ratio: number): string => ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);

/** Columns padded by spaces: the first `left` of them to the left, the others to the right. */
export function plainTable({ head, rows }: Table, left: number, gap = 2): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join(' '.repeat(gap))
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable({ head, rows }: Table, left: number): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column < left ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
