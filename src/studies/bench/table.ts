/** The report as tables. */
import type { Table } from '../table.ts';
import type { Implementation } from './protocol.ts';
import type { BenchReport, BenchRow, RowName } from './report.ts';

/** Two significant digits, or all of a whole number's up to six: `0.0043`, `0.90`, `3.2`, `45`, `1234`, `1.2e6`. */
export const brief = (value: number): string => {
  if (value >= 1e6) return value.toExponential(1).replace('+', '');
  return value >= 10 || value === 0 ? String(Math.round(value)) : value.toPrecision(2);
};

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
          return found ? brief(found.ratio) : '';
        }),
      ]),
    });
  }
  return tables;
}

/** Kinds of peers; of those with several ways to train, the fastest stands in the summary. */
const kinds: Record<string, (name: RowName) => boolean> = {
  'NumPy float32': ({ implementation }) => implementation === 'numpy-float32',
  'NumPy float64': ({ implementation }) => implementation === 'numpy-float64',
  PyTorch: ({ implementation }) => implementation === 'torch',
  Keras: ({ implementation }) => implementation.startsWith('keras'),
  Layers: ({ implementation }) => implementation.startsWith('layers'),
  'plain TensorFlow.js': ({ implementation }) => implementation === 'naive',
};

/** Time of the zoo, by hand on one backend, ÷ time of the fastest peer of each kind: a row for each workload. */
export function summaryTable({ ratios }: BenchReport, backend: string): Table | undefined {
  const own = ratios.filter(({ zoo }) => zoo.backend === backend && zoo.gradients === 'manual');
  const present = Object.keys(kinds).filter((kind) => own.some(({ peer }) => kinds[kind](peer)));
  if (present.length === 0) return undefined;
  const workloads = [...new Set(own.map(({ workload }) => workload))];
  const cell = (workload: string, kind: string): string => {
    const peers = own.filter((ratio) => ratio.workload === workload && kinds[kind](ratio.peer));
    if (peers.length === 0) return '';
    const fastest = peers.reduce((a, b) => (b.ratio > a.ratio ? b : a));
    return brief(fastest.ratio) + (peers.length > 1 ? ` (${wayOf(fastest.peer)})` : '');
  };
  return {
    head: [`zoo ${backend} ÷ …`, ...present],
    rows: workloads.map((workload) => [workload, ...present.map((kind) => cell(workload, kind))]),
  };
}

const ways: Partial<Record<Implementation, string>> = {
  keras: 'fit',
  'keras-batch': 'train_on_batch',
  'keras-steps': 'steps_per_execution',
  layers: 'fit',
  'layers-batch': 'trainOnBatch',
};

/** How a peer trains, where its kind has several ways: `fit, tensorflow`, `by hand`. */
const wayOf = (peer: RowName): string =>
  [ways[peer.implementation] || gradientsOf(peer), peer.implementation.startsWith('layers') && peer.backend]
    .filter(Boolean)
    .join(', ');
