import { extname } from 'node:path';
import type { Argv } from 'yargs';
import { backendNames, type BackendName } from '../backend/index.ts';
import { fieldOf } from '../studies/bench/contestants.ts';
import { implementations, type Implementation } from '../studies/bench/protocol.ts';
import { reportOf, type BenchReport } from '../studies/bench/report.ts';
import { measureTogether } from '../studies/bench/session.ts';
import { benchMarkdown, benchText } from '../studies/bench/text.ts';
import { workloads, type Workload } from '../studies/bench/workloads.ts';
import { InputError } from '../core/errors.ts';
import { writeFileAtomically } from '../node/files.ts';
import { checkedNumber, wholeNumber, type Arguments, type CommandBody } from './options.ts';
import type { Output } from './output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .options({
        workload: {
          describe: `which, with commas between [${Object.keys(workloads).join()}]`,
          type: 'string',
        },
        implementation: { describe: `which [${implementations.join()}]`, type: 'string' },
        backend: {
          describe: 'of the zoo, naive and layers; float64 too, if named',
          type: 'string',
          default: 'tensorflow,wasm,cpu',
        },
        repeats: { describe: 'rounds that count', type: 'number', default: 5 },
        seconds: {
          describe: 'of one round of one implementation; 0: one step',
          type: 'number',
          default: 0.5,
        },
        python: { describe: 'interpreter of the peers [python3]', type: 'string' },
        chart: { describe: 'draw a bar chart into this .svg or .png file', type: 'string' },
        markdown: { describe: 'tables for a document', type: 'boolean' },
      })
      .example('$0 bench', 'everything that is installed; about eight minutes')
      .example('$0 bench --workload mnist --backend wasm', '')
      .example('$0 bench --python .venv/bin/python --chart bench.svg', '')
      .epilogue(
        'Trains the documents’ own jobs with the zoo’s training loop, with plain TensorFlow.js and, where Python has them, ' +
          'with NumPy, PyTorch and Keras, all interleaved and each with one thread. Needs no data: rows are random, the time ' +
          'of a step depends on their shape alone.',
      ),

  async handler(args: Arguments, output: Output): Promise<void> {
    const chosen = listOf(args, 'workload', Object.keys(workloads)).map((name) => workloads[name]);
    const choice = {
      implementations: listOf(args, 'implementation', implementations) as Implementation[],
      backends: listOf(args, 'backend', backendNames) as BackendName[],
      python: args.python as string | undefined,
    };
    const repeats = wholeNumber(args, 'repeats', 1, 1000);
    const seconds = checkedNumber('--seconds', args.seconds, { minimum: 0, maximum: 3600 });
    const chart = chartFile(args.chart as string | undefined);

    const field = await fieldOf(choice);
    if (field.of(chosen[0]).length === 0) {
      throw new InputError(
        `Nothing can be measured: ${field.skipped.map(({ reason }) => reason).join('; ') || 'none of these implementations runs on these backends'}.`,
      );
    }
    const sessions = [];
    for (const workload of chosen) {
      output.say(`measuring ${workload.name}: ${workload.title}`);
      const options = { repeats, seconds, python: field.python, progress: output.progress };
      sessions.push(await measureTogether(field.of(workload), options));
    }
    const report = reportOf(sessions, field.skipped);
    if (chart) await saveChart(chart, report, chosen);
    output.result((args.markdown ? benchMarkdown : benchText)(report, chosen), report);
    warn(report, output);
  },
};
export default command;

/** `mnist,points`; all where nothing is said. */
function listOf(args: Arguments, name: string, known: readonly string[]): string[] {
  const given = args[name] as string | undefined;
  if (given === undefined) return [...known];
  const words = given.split(',');
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return known.filter((word) => words.includes(word));
  throw new InputError(`There is no ${name} "${unknown}"; choose among ${known.join(', ')}.`);
}

function chartFile(path: string | undefined): string | undefined {
  if (path === undefined || ['.svg', '.png'].includes(extname(path))) return path;
  throw new InputError(`--chart takes the name of an .svg or .png file, not ${JSON.stringify(path)}.`);
}

async function saveChart(path: string, report: BenchReport, chosen: Workload[]): Promise<void> {
  const { drawBench } = await import('../studies/bench/chart.ts');
  const svg = await drawBench(report, chosen);
  if (extname(path) === '.svg') return writeFileAtomically(path, svg);
  const { toPng } = await import('../pictures/plots/picture.ts');
  return writeFileAtomically(path, await toPng(svg));
}

/** A benchmark that measured the wrong thing has failed. */
function warn({ agreements, skipped, environment }: BenchReport, output: Output): void {
  const { load } = environment;
  if (load > 1.5) {
    output.warn(
      `The machine was busy (load ${load.toFixed(1)}; the benchmark alone is 1): ratios hold, times hardly.`,
    );
  }
  const zooFailed = skipped.some(({ workload, implementation }) => workload && implementation === 'zoo');
  if (zooFailed || agreements.some(({ agree }) => !agree)) process.exitCode = 1;
}
