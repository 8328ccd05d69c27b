import type { Argv } from 'yargs';
import { datasetFor } from '../../datasets/index.ts';
import { textForModel } from '../../datasets/sequences.ts';
import { loadForModel } from '../../datasets/user/index.ts';
import { hashOf } from '../../datasets/user/table-file.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';
import { ownInTraining } from '../weights/run-record.ts';
import type { SavedModel } from '../weights/saved-model.ts';
import { checkThreshold, evaluate } from '../estimator/predict.ts';
import { loadRunRecord, loadWeights } from '../runs/load.ts';
import { metricsText, positiveClassOf } from './shared/results.ts';
import {
  backendOptions,
  dataOptions,
  dataRequest,
  userModelOption,
  startBackend,
  thresholdOption,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';

/** The positive class was decided in training. */
const { positive: _, ...readingOptions } = dataOptions;

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('weights', { describe: 'a run directory or a weights.json', type: 'string' })
      .options({ ...readingOptions, ...thresholdOption, ...userModelOption, ...backendOptions } as never)
      .example('$0 evaluate runs/mnist-… --data-dir data', 'score on the real MNIST test set'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const saved = await loadWeights(args.weights as string, args.model as string | undefined);
    const { file } = saved;
    const threshold = checkThreshold('--threshold', args.threshold, saved);
    const dataset = await testRows(saved, args, output);
    output.say(`data: ${dataset.name} (${dataset.source}), ${dataset.test.rows} test rows${dataset.which}`);
    if (dataset.standIn) output.warn(dataset.standIn);
    await startBackend(args, output);
    const test = await evaluate(saved, dataset, { threshold });
    output.result(metricsText(test, file.classNames, dataset.test.rows, threshold), {
      model: file.model,
      ...positiveClassOf(saved.model, file.classNames),
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
 * The rows to score on: the held-back rows of the file that the model was trained on, or all rows of another file.
 */
async function testRows(saved: SavedModel, args: Arguments, output: Output): Promise<TestRows> {
  const { file, definition } = saved;
  const request = dataRequest(args, file.options, output);
  // The seed of the run decides which rows are random or held back.
  const seed = typeof file.training.seed === 'number' ? file.training.seed : request.seed;
  const trained = ownInTraining(file.training);
  const { preprocessing, classNames } = file;
  const text = preprocessing.kind === 'tokens' ? request.own?.file : undefined;
  if (preprocessing.kind === 'tokens' && text !== undefined && (await hashOf(text)) !== trained?.sha256) {
    return { ...(await textForModel(text, { ...preprocessing, classNames })), which: ' (all of the file)' };
  }
  if (!trained) return { ...(await datasetFor(definition, request).load({ ...request, seed })), which: '' };
  const { sha256, ...reading } = trained;
  const recorded =
    request.own ?? (await loadRunRecord(args.weights as string).catch(() => undefined))?.dataset.own;
  if (!recorded?.file && !recorded?.folder) {
    throw new InputError(
      `The model was trained on your own data. Name them, or other data with the same columns: ${sha256 ? '--data-file FILE' : '--data-dir DIR --size …'}.`,
    );
  }
  const target = request.own?.target ?? trained.target;
  if (recorded.file !== undefined && (await hashOf(recorded.file)) !== sha256) {
    if (target === undefined) throw new InputError('Name the target column: --target COLUMN.');
    return {
      ...(await loadForModel(recorded.file, file, target, {
        ...trained,
        ...request.own,
        progress: output.progress,
      })),
      which: ' (all rows of the file)',
    };
  }
  const own = { ...recorded, ...reading };
  const dataset = await datasetFor(definition, { own }).load({ ...request, own, seed });
  return { ...dataset, which: ' (held back by training)' };
}
