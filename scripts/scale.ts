/**
 * How the time of a step grows with the batch, the hidden layer and the rows, and what memory training takes:
 * `npm run scale -- [--out docs]`. Prints a table of each curve and draws it.
 */
import '../src/node/tensorflow/register.ts';
import { join } from 'node:path';
import { backendStates } from '../src/backend/index.ts';
import type { Contestant } from '../src/studies/bench/protocol.ts';
import { median } from '../src/core/median.ts';
import { measureTogether } from '../src/studies/bench/session.ts';
import { brief } from '../src/studies/bench/table.ts';
import { markdownTable } from '../src/studies/table.ts';
import { workloads, type Workload } from '../src/studies/bench/workloads.ts';
import { createProgress } from '../src/cli/progress.ts';
import { writeFileAtomically } from '../src/node/files.ts';
import { drawLineChart } from '../src/pictures/plots/line-chart.ts';
import { wordsOf } from './words.ts';

const values = wordsOf(import.meta.url, {
  batch: { type: 'string', default: '1,4,16,64,256,1024,4096' },
  hidden: { type: 'string', default: '16,32,64,128,256,512,1024' },
  rows: { type: 'string', default: '1000,6000,60000,600000' },
  seconds: { type: 'string', default: '0.5' },
  repeats: { type: 'string', default: '5' },
  /** Where the pictures go; default: none are drawn. */
  out: { type: 'string' },
});

const numbers = (text: string): number[] =>
  text.split(',').map((word) => {
    const number = Number(word);
    if (Number.isInteger(number) && number > 0) return number;
    throw new Error(`Give whole numbers with commas between, not ${text}.`);
  });

/** Digits as `zoo bench` trains them; few rows where their number is not the question, to have many processes at once. */
const digits: Workload = { ...workloads.mnist, rows: 6000 };

interface Curve {
  name: string;
  /** What grows. */
  label: string;
  sizes: number[];
  workloadOf: (size: number) => Workload;
  gradients: ('manual' | 'autodiff')[];
}

const curves: Curve[] = [
  {
    name: 'batch-size',
    label: 'rows in a batch (64 hidden units)',
    sizes: numbers(values.batch),
    workloadOf: (batchSize) => ({ ...digits, batchSize, rows: Math.max(digits.rows, batchSize) }),
    gradients: ['manual', 'autodiff'],
  },
  {
    name: 'hidden-units',
    label: 'hidden units (batches of 100)',
    sizes: numbers(values.hidden),
    workloadOf: (hidden) => ({ ...digits, hidden, options: { ...digits.options, hidden } }),
    gradients: ['manual', 'autodiff'],
  },
  {
    name: 'rows',
    label: 'training rows (batches of 100, 64 hidden units)',
    sizes: numbers(values.rows),
    workloadOf: (rows) => ({ ...digits, rows }),
    gradients: ['manual'],
  },
];

const backends = (await backendStates(['tensorflow', 'wasm']))
  .filter((state) => state.loads)
  .map(({ name }) => name);

const progress = createProgress({ quiet: false, say: (line) => process.stderr.write(`${line}\n`) });

interface Point {
  line: string;
  size: number;
  microseconds: number;
  mebibytes: number;
}

async function measure({ name, sizes, workloadOf, gradients }: Curve): Promise<Point[]> {
  const sizeOf = new Map<Workload, number>();
  const contestants = sizes.flatMap((size) => {
    const workload = { ...workloadOf(size), name };
    sizeOf.set(workload, size);
    return backends.flatMap((backend) =>
      gradients.map((source): Contestant => ({
        workload,
        implementation: 'zoo',
        backend,
        gradients: source,
      })),
    );
  });
  const { measured, failed } = await measureTogether(contestants, {
    repeats: numbers(values.repeats)[0],
    seconds: Number(values.seconds),
    python: '',
    progress,
  });
  for (const { contestant, reason } of failed) {
    process.stderr.write(`${name} ${sizeOf.get(contestant.workload)} on ${contestant.backend}: ${reason}\n`);
    process.exitCode = 1;
  }
  return measured.map(({ contestant, microseconds, memory }) => ({
    line: `${contestant.backend}, ${contestant.gradients === 'manual' ? 'by hand' : 'autodiff'}`,
    size: sizeOf.get(contestant.workload)!,
    microseconds: median(microseconds),
    mebibytes: memory / 2 ** 20,
  }));
}

for (const curve of curves) {
  const points = await measure(curve);
  const lines = [...new Set(points.map(({ line }) => line))];
  const cell = (line: string, size: number, key: 'microseconds' | 'mebibytes') => {
    const point = points.find((each) => each.line === line && each.size === size);
    return point ? brief(point[key]) : 'failed';
  };
  const table = (title: string, key: 'microseconds' | 'mebibytes') =>
    markdownTable(
      {
        head: [title, ...curve.sizes.map(String)],
        rows: lines.map((line) => [line, ...curve.sizes.map((size) => cell(line, size, key))]),
      },
      1,
    );
  console.log(`\n${curve.label}\n`);
  console.log(table('µs per step', 'microseconds'));
  console.log(`\n${table('peak memory in MiB', 'mebibytes')}`);
  if (values.out === undefined) continue;
  await draw(curve, 'µs per step', 'time of a step', 'microseconds', curve.name);
  await draw(curve, 'MiB', 'peak memory of training', 'mebibytes', `${curve.name}-memory`);

  async function draw(
    { label }: Curve,
    unit: string,
    title: string,
    key: 'microseconds' | 'mebibytes',
    file: string,
  ) {
    const svg = await drawLineChart({
      title: `Digits: ${title}`,
      xLabel: label,
      yLabel: unit,
      logarithmic: true,
      curves: lines.map((line) => ({
        name: line,
        points: points
          .filter((point) => point.line === line)
          .map((point) => ({ x: point.size, y: point[key] })),
      })),
    });
    await writeFileAtomically(join(values.out!, `scale-${file}.svg`), svg);
  }
}
