import type { Argv } from 'yargs';
import { datasets } from '../../datasets/index.ts';
import { evaluate } from '../saved/use.ts';
import { loadWeights } from '../runs/load.ts';
import { metricsText } from './metrics-text.ts';
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
      .positional('weights', { describe: 'a run directory or a weights.json', type: 'string' })
      .options({ ...dataOptions, ...backendOptions } as never)
      .example('$0 evaluate runs/mnist-… --data-dir data', 'on the real test set'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const saved = await loadWeights(args.weights as string);
    const { file, entry } = saved;
    const dataset = await datasets[entry.dataset].load({
      ...dataRequest(args, file.options, output),
      // The run's own seed, where the data are drawn by it.
      ...(typeof file.training.seed === 'number' && { seed: file.training.seed }),
    });
    output.say(`data: ${dataset.name}, source ${dataset.source}, ${dataset.test.rows} test rows`);
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
