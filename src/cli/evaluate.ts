import type { Argv } from 'yargs';
import { datasetFor } from '../../datasets/index.ts';
import { loadForModel } from '../../datasets/user/index.ts';
import { hashOf } from '../../datasets/user/table-file.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';
import { loadRunRecord } from '../runs/load.ts';
import { ownInTraining } from '../weights/schemas.ts';
import type { SavedModel } from '../weights/saved-model.ts';
import { evaluate } from '../estimator/use.ts';
import { loadWeights } from '../runs/load.ts';
import { metricsText } from './shared/metrics-text.ts';
import {
  backendOptions,
  dataOptions,
  dataRequest,
  ownModelOption,
  startBackend,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('weights', { describe: 'a run directory or a weights.json', type: 'string' })
      .options({ ...dataOptions, ...ownModelOption, ...backendOptions } as never)
      .example('$0 evaluate runs/mnist-… --data-dir data', 'on the real test set'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const saved = await loadWeights(args.weights as string, args.model as string | undefined);
    const { file } = saved;
    const dataset = await testRows(saved, args, output);
    output.say(
      `data: ${dataset.name}, source ${dataset.source}, ${dataset.test.rows} test rows${dataset.which}`,
    );
    if (dataset.standIn) output.warn(dataset.standIn);
    await startBackend(args, output);
    const test = await evaluate(saved, dataset);
    output.result(metricsText(test, file.classNames, dataset.test.rows), {
      model: file.model,
      dataset: { name: dataset.name, source: dataset.source },
      metrics: { test },
    });
  },
};
export default command;

type TestRows = Pick<LoadedDataset, 'name' | 'source' | 'standIn' | 'classNames' | 'test'> & {
  which: string;
};

/**
 * The rows to score on: of the file that the model was trained on those that were held back, of another file all.
 */
async function testRows(saved: SavedModel, args: Arguments, output: Output): Promise<TestRows> {
  const { file, entry } = saved;
  const request = dataRequest(args, file.options, output);
  // The run's own seed, where the data are drawn or held back by it.
  const seed = typeof file.training.seed === 'number' ? file.training.seed : request.seed;
  const trained = ownInTraining(file.training);
  if (!trained) return { ...(await datasetFor(entry, request).load({ ...request, seed })), which: '' };
  const { sha256, ...reading } = trained;
  const recorded =
    request.own ?? (await loadRunRecord(args.weights as string).catch(() => undefined))?.dataset.own;
  if (!recorded?.file && !recorded?.folder) {
    throw new InputError(
      `The model was trained on data of your own: give them, or others with the same columns, with ${sha256 ? '--data-file FILE' : '--data-dir DIR --size …'}.`,
    );
  }
  const target = request.own?.target ?? trained.target;
  if (recorded.file !== undefined && (await hashOf(recorded.file)) !== sha256) {
    if (target === undefined) throw new InputError('Name the column of the right answers with --target.');
    return { ...(await loadForModel(recorded.file, file, target)), which: ', all of the file' };
  }
  const own = { ...recorded, ...reading };
  const dataset = await datasetFor(entry, { own }).load({ ...request, own, seed });
  return { ...dataset, which: ', which training held back' };
}
