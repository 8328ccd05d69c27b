/**
 * Measures the time of one training step of the zoo, plain TensorFlow.js, TensorFlow.js Layers, NumPy, PyTorch and Keras:
 * `npm run bench -- --help`.
 */
import { parseArgs } from 'node:util';
import { backendNames } from '../src/backend/index.ts';
import { implementationNames, type Implementation } from './pace.ts';
import { benchTable, differingLosses, labelOf, rowsOf, type BenchRow } from './report.ts';
import { comparedStep, isBaseline, measureTogether } from './session.ts';
import { workloads, type Workload } from './workloads.ts';

const help = `npm run bench -- [options]

  --workload NAMES        comma-separated [${Object.keys(workloads).join()}]
  --implementation NAMES  comma-separated [${implementationNames.join()}]
  --backend NAMES         of zoo, naive and layers; also cpu, float64 [wasm,tensorflow]
  --repeats N             rounds that count [5]
  --seconds S             of one round of one implementation; 0 for one step [0.5]
  --python PROGRAM        interpreter of the baselines [python3]
  --cpu                   measure the processor's time, for machines with other load
  --json                  print {"rows": […]} instead of a table
`;

const options = {
  workload: { type: 'string', default: Object.keys(workloads).join() },
  implementation: { type: 'string', default: implementationNames.join() },
  backend: { type: 'string', default: 'wasm,tensorflow' },
  repeats: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '0.5' },
  python: { type: 'string', default: 'python3' },
  cpu: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

function parsed() {
  try {
    const { values } = parseArgs({ options });
    const [repeats, seconds] = [Number(values.repeats), Number(values.seconds)];
    if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats takes a whole number from 1.');
    if (!(seconds >= 0 && seconds < Infinity)) throw new Error('--seconds takes a number from 0.');
    return {
      ...{ ...values, repeats, seconds },
      workload: namesOf('workload', values.workload, Object.keys(workloads)),
      implementation: namesOf('implementation', values.implementation, implementationNames),
      backend: namesOf('backend', values.backend, backendNames),
    };
  } catch (error) {
    log((error as Error).message);
    process.exit(2);
  }
}

/** The names in `mnist,points`, each of them known. */
function namesOf<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name as Name));
  if (unknown === undefined) return names as Name[];
  throw new Error(`Unknown ${option} "${unknown}". Choose from ${known.join(', ')}.`);
}

const args = parsed();
if (args.help) {
  process.stdout.write(help);
  process.exit(0);
}

function implementationsFor({ filters, tokens, batchSize }: Workload): Implementation[] {
  return args.implementation.flatMap((name): Implementation[] => {
    if (tokens && !(name === 'zoo' || name === 'torch' || (name === 'numpy-float64' && batchSize === 1)))
      return [];
    // These have dense layers only.
    if (filters && (name === 'naive' || name.startsWith('numpy'))) return [];
    if (isBaseline(name)) return [{ name, backend: name.split('-')[0] }];
    if (name === 'layers') return args.backend.map((backend) => ({ name, backend }));
    return args.backend.flatMap((backend) => [
      { name, backend, gradients: 'manual' },
      { name, backend, gradients: 'autodiff' },
    ]);
  });
}

const rows: BenchRow[] = [];
for (const workload of args.workload.map((name) => workloads[name])) {
  log(`${workload.name}: ${workload.title}`);
  const { measurements, failures } = await measureTogether(workload, implementationsFor(workload), args);
  rows.push(...rowsOf(workload, measurements));
  for (const { implementation, reason } of failures) log(`skipped ${labelOf(implementation)}: ${reason}`);
  for (const implementation of differingLosses(measurements)) {
    log(
      `The loss of ${labelOf(implementation)} after ${comparedStep} steps differs: its training is not the same.`,
    );
    process.exitCode = 1;
  }
}
if (rows.length === 0) {
  log('Nothing was measured.');
  process.exitCode = 1;
}
console.log(args.json ? JSON.stringify({ rows }) : benchTable(rows));
