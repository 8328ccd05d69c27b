import type { Argv } from 'yargs';
import { readRun, verify, type RecordedRun, type Verification } from '../runs/verify.ts';
import { EpochLine } from './epoch-line.ts';
import {
  backendOptions,
  dataOptions,
  dataRequest,
  startBackend,
  type Arguments,
  type CommandBody,
} from './options.ts';
import type { Output } from './output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('directory', { describe: 'a run directory', type: 'string' })
      .options({ ...dataOptions, threads: backendOptions.threads } as never)
      .example('$0 verify runs/mnist-…', 'train again, compare weights and metrics'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const recorded = await readRun(args.directory as string);
    const { request, run } = recorded;
    await startBackend({ ...args, backend: request.backend }, output);
    const line = new EpochLine(request.recipe.epochs, output);
    const result = await verify(recorded, sameData(recorded, args, output), {
      onStep: line.onStep,
      onEpoch: line.onEpoch,
    }).finally(() => line.clear());
    output.result(describe(result, args.directory as string), { model: run.model, ...result });
    if (!result.verified) process.exitCode = 1;
  },
};
export default command;

/** Data from the kind of place that it was from, unless the command line says otherwise. */
function sameData({ run, request }: RecordedRun, args: Arguments, output: Output) {
  const wanted = dataRequest(args, request.options, output);
  if (args.data !== 'auto' || args.dataDir !== undefined) return wanted;
  const { source } = run.dataset;
  return { ...wanted, data: source === 'dir' || source === 'built-in' ? source : wanted.data };
}

function describe({ verified, weights, differences, environment }: Verification, directory: string): string {
  const changed = weights.filter(({ same }) => !same);
  const versions = environment.map(({ what, then, now }) => `${what} ${then}, now ${now}`).join('; ');
  return [
    verified
      ? `verified: repeating ${directory} gives the same weights, metrics and history`
      : `NOT verified: repeating ${directory} gives other numbers`,
    ...changed.map(({ name, maxAbsolute }) => `  ${name} differs by up to ${maxAbsolute}`),
    ...differences
      .slice(0, 10)
      .map(({ what, then, now }) => `  ${what}: ${then} recorded, ${now} when repeated`),
    ...(differences.length > 10 ? [`  and ${differences.length - 10} more`] : []),
    ...(versions ? [`versions: ${versions}`] : []),
  ].join('\n');
}
