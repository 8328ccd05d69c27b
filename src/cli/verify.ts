import type { Argv } from 'yargs';
import { readRun, verify, type RecordedRun, type Verification } from '../runs/verify.ts';
import type { DataRequest } from '../data/dataset.ts';
import { EpochLine } from './shared/progress.ts';
import {
  backendOptions,
  dataOptions,
  dataRequest,
  userModelOption,
  startBackend,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('directory', { describe: 'a run directory', type: 'string' })
      .options({ ...dataOptions, ...userModelOption, threads: backendOptions.threads } as never)
      .example('$0 verify runs/mnist-…', 'train again and compare weights and metrics'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const recorded = await readRun(args.directory as string, args.model as string | undefined);
    const { request, run } = recorded;
    await startBackend({ ...args, backend: request.backend }, output);
    const line = new EpochLine(request.recipe, output);
    const elsewhere = args.data !== 'auto' || args.dataDir !== undefined || args.dataFile !== undefined;
    const wanted = dataRequest(args, request.options, output);
    const data = elsewhere ? elsewhereData(recorded, wanted) : sameData(recorded, wanted);
    const { onStep, onEpoch } = line;
    const result = await verify(recorded, data, { onStep, onEpoch }, elsewhere).finally(() => line.clear());
    output.result(
      describe(result, args.directory as string),
      { model: run.model, ...result },
      { verdicts: true },
    );
    if (!result.verified) process.exitCode = 1;
  },
};
export default command;

/** Data from the same kind of source as in the run. */
function sameData({ run }: RecordedRun, wanted: DataRequest): DataRequest {
  const { source, own } = run.dataset;
  return { ...wanted, data: source === 'cache' ? 'download' : source, ...(own && { own }) };
}

/** Files of the user are read with the same settings, from their present location. */
function elsewhereData({ run }: RecordedRun, wanted: DataRequest): DataRequest {
  const { own } = run.dataset;
  if (!own) return wanted;
  const place =
    own.file === undefined
      ? { folder: wanted.dataDir ?? own.folder }
      : { file: wanted.own?.file ?? own.file };
  return { ...wanted, own: { ...own, ...place } };
}

/** Per file; further differences are only counted. */
const maxDifferences = 5;

function describe({ verified, files, environment, reason }: Verification, directory: string): string {
  const told = files.flatMap(({ path, differs = [] }) => [
    ...differs
      .slice(0, maxDifferences)
      .map(({ what, then, now }) => `  ${path}: ${what}: ${then} recorded, ${now} now`),
    ...(differs.length > maxDifferences ? [`  ${path}: and ${differs.length - maxDifferences} more`] : []),
  ]);
  const versions = environment.map(({ what, then, now }) => `${what} ${then}, now ${now}`).join('; ');
  const paths = files.map(({ path }) => path).join(', ');
  return [
    verified
      ? `verified: repeating ${directory} gives the same weights, metrics and history`
      : `NOT verified: repeating ${directory} gives a different result`,
    verified ? `  as the run left them: ${paths}` : '',
    ...told,
    versions ? `versions: ${versions}` : '',
    verified ? '' : reason,
  ]
    .filter(Boolean)
    .join('\n');
}
