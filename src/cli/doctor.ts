import type { Argv } from 'yargs';
import { backendNames, type BackendName } from '../backend/index.ts';
import { examine } from '../check/doctor/examine.ts';
import { diagnosisText } from '../check/doctor/text.ts';
import { environment } from '../node/environment.ts';
import { modelOptions, modelOptionValues, wholeNumber, type Arguments, type CommandBody } from './options.ts';
import type { Output } from './output.ts';
import { findModel, onlyModelInArguments } from './zoo-models.ts';

const command: CommandBody = {
  builder(yargs: Argv): Argv {
    const only = onlyModelInArguments();
    return yargs
      .positional('model', { describe: 'models to examine [all]', type: 'string' })
      .options({
        backend: {
          describe: 'examine only this one, which then must load [all]',
          choices: backendNames,
        },
        seed: { describe: 'fixes parameters, inputs and labels', type: 'number', default: 1 },
        milliseconds: {
          describe: 'how long to repeat each step that is timed',
          type: 'number',
          default: 100,
        },
        ...(only ? modelOptions(only) : {}),
      } as never)
      .example('$0 doctor', 'every backend with every model, in about half a minute')
      .example('$0 doctor mnist --hidden 512', 'one model, with its options')
      .example('$0 doctor --backend tensorflow', 'one backend')
      .epilogue(
        'Finds which backends load and why not, kernels that are missing, numbers that differ from double precision, ' +
          'tensors left behind, the time of a step. Exit code 1 where something is wrong.',
      );
  },

  async handler(args: Arguments, output: Output): Promise<void> {
    const names = (args.model ?? []) as string[];
    const only = onlyModelInArguments();
    const diagnosis = await examine({
      environment: environment(),
      entries: names.length > 0 ? names.map(findModel) : undefined,
      options: only && modelOptionValues(only, args),
      backends: args.backend === undefined ? undefined : [args.backend as BackendName],
      seed: wholeNumber(args, 'seed', 0, 2 ** 32 - 1),
      milliseconds: wholeNumber(args, 'milliseconds', 0, 1e6),
      progress: output.progress,
    });
    output.result(diagnosisText(diagnosis), diagnosis, { verdicts: true });
    if (!diagnosis.healthy) process.exitCode = 1;
  },
};
export default command;
