import { dirname, join, relative, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { compareRuns } from '../runs/compare.ts';
import { headlineOf } from '../evaluation/metrics.ts';
import { type Comparison } from '../weights/comparison.ts';
import { keepInputs, makeDirectory, writeFileAtomically } from '../node/files.ts';
import { type Arguments, type CommandBody } from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { left, listText, right, tableText } from '../utils/text.ts';

/** Files of a run that the page must not overwrite. */
const runFiles = ['run.json', 'weights.json', 'report.html'];

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('run', { describe: 'run directories', type: 'string', array: true })
      .option('out', {
        describe: 'HTML page to write',
        type: 'string',
        default: 'compare.html',
      })
      .example('$0 compare runs/mnist-*', 'compare all runs of mnist'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const comparison = await compareRuns(args.run as string[]);
    const out = resolve(args.out as string);
    const kept = comparison.runs.flatMap(({ directory }) => runFiles.map((name) => join(directory, name)));
    await keepInputs(args.out as string, kept);
    await makeDirectory(dirname(out));
    const { compareReport } = await import('../reports/compare-report.ts');
    await writeFileAtomically(out, await compareReport(comparison, out));
    output.result(`${text(comparison)}\n\nreport: ${relative('', out)}`, document(comparison, out));
  },
};
export default command;

function text({ runs, differing }: Comparison): string {
  const inSteps = runs.every(({ run }) => run.hyperParameters.steps > 0);
  const held = runs.some(({ run }) => run.metrics.validation) ? ['validation'] : [];
  const table = tableText(
    [
      ...right('#'),
      ...left('run'),
      ...right(inSteps ? 'steps' : 'epochs', 'seconds', 'training', ...held, 'test', 'test loss'),
    ],
    runs.map(({ name, run: { status, epochs, steps, seconds, metrics } }, i) => [
      String(i + 1),
      status === 'complete' ? name : `${status}: ${name}`,
      String(inSteps ? steps : epochs),
      seconds.toFixed(1),
      headlineOf(metrics.train).text,
      ...held.map(() => (metrics.validation ? headlineOf(metrics.validation).text : '–')),
      headlineOf(metrics.test).text,
      metrics.test.loss.toPrecision(4),
    ]),
  );
  if (differing.length === 0) return `${table}\n\nall runs have the same settings`;
  const differences = runs.map(({ settings }, i): [string, string] => [
    String(i + 1),
    differing
      .filter((name) => Object.hasOwn(settings, name))
      .map((name) => `${name} ${settings[name]}`)
      .join(', '),
  ]);
  return `${table}\n\ndifferences\n${listText(differences)}`;
}

const document = ({ runs, differing }: Comparison, out: string) => ({
  runs: runs.map(({ directory, run, settings }) => ({
    directory,
    model: run.model,
    status: run.status,
    settings,
    epochs: run.epochs,
    steps: run.steps,
    seconds: run.seconds,
    metrics: run.metrics,
  })),
  differing,
  out,
});
