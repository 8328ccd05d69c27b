/**
 * Where TensorFlow's library is faster than wasm, the measurement behind `--backend auto`:
 * `npm run faster-backend`. Prints a step's multiply-adds and its time on both.
 */
import '../src/node/tensorflow/register.ts';
import { createProgress } from '../src/cli/progress.ts';
import { stepSize } from '../src/core/training/step-size.ts';
import { median } from '../src/core/median.ts';
import { measureTogether } from '../src/studies/bench/session.ts';
import { brief } from '../src/studies/bench/table.ts';
import { markdownTable } from '../src/studies/table.ts';
import { modelOf, workloads, type Workload } from '../src/studies/bench/workloads.ts';
import { wordsOf } from './words.ts';

const values = wordsOf(import.meta.url, {
  seconds: { type: 'string', default: '0.3' },
  repeats: { type: 'string', default: '5' },
});

const digits = (hidden: number, batchSize: number): Workload => ({
  ...workloads.mnist,
  title: `mnist, ${hidden} hidden, batches of ${batchSize}`,
  options: { hidden, activation: 'relu' },
  hidden,
  batchSize,
  rows: Math.max(6000, batchSize),
});
const cats = (rows: number): Workload => ({ ...workloads.cats, title: `cats, ${rows} rows`, rows });
const points = (rows: number): Workload => ({ ...workloads.points, title: `points, ${rows} rows`, rows });
const tumours = (units: number): Workload => ({
  ...workloads['breast-cancer'],
  title: `breast-cancer, ${units} units`,
  options: { units, init: 'normal' },
  hidden: units,
});

const cases = [
  workloads.gates,
  points(1000),
  points(10_000),
  points(100_000),
  cats(209),
  cats(1000),
  ...[10, 100, 1000, 4000].map(tumours),
  ...[10, 100, 256, 512, 1024].map((batch) => digits(64, batch)),
  ...[10, 100, 256, 512].map((batch) => digits(128, batch)),
  ...[10, 32, 64, 100, 256].map((batch) => digits(256, batch)),
  ...[10, 32, 100].map((batch) => digits(512, batch)),
  ...[10, 32, 100].map((batch) => digits(1024, batch)),
];

const progress = createProgress({ quiet: false, say: (line) => process.stderr.write(`${line}\n`) });
const rows: string[][] = [];
for (const workload of cases) {
  const { measured, failed } = await measureTogether(
    (['wasm', 'tensorflow'] as const).map((backend) => ({
      ...{ workload, implementation: 'zoo' as const, backend, gradients: 'manual' as const },
    })),
    { repeats: Number(values.repeats), seconds: Number(values.seconds), python: '', progress },
  );
  for (const { contestant, reason } of failed) {
    process.stderr.write(`${workload.title} on ${contestant.backend}: ${reason}\n`);
    process.exitCode = 1;
  }
  if (failed.length > 0) continue;
  const size = stepSize(modelOf(workload), workload, workload);
  const [wasm, tensorflow] = measured.map(({ microseconds }) => microseconds);
  const ratio = median(wasm.map((time, round) => time / tensorflow[round]));
  const row = [workload.title, brief(size), brief(median(wasm)), brief(median(tensorflow)), ratio.toFixed(2)];
  rows.push(row);
  process.stderr.write(`${row.join(' | ')}\n`);
}
console.log(
  markdownTable(
    { head: ['step', 'million multiply-adds', 'wasm µs', 'tensorflow µs', 'wasm ÷ tensorflow'], rows },
    1,
  ),
);
