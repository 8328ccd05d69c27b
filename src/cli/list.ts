import type { Argv } from 'yargs';
import { models } from '../../models/index.ts';
import { datasets } from '../../datasets/index.ts';
import { backendStates } from '../backend/index.ts';
import { dataOptions, type Arguments, type CommandBody } from './options.ts';
import type { Output } from './output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv => yargs.options(dataOptions as never).example('$0 list', ''),

  async handler(_args: Arguments, output: Output): Promise<void> {
    const backends = (await backendStates()).map((state) => ({
      name: state.name,
      available: state.loads,
      ...(state.loads ? {} : { note: state.reason }),
    }));
    const modelRows = Object.values(models).map(({ name, title, document, dataset }) => ({
      name,
      title,
      document,
      dataset,
    }));
    const datasetRows = Object.values(datasets).map(({ name, title }) => ({ name, title }));
    output.result(
      [
        'models',
        ...modelRows.map(
          ({ name, title, document }) => `  ${name.padEnd(14)} ${title} (document ${document})`,
        ),
        'datasets',
        ...datasetRows.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`),
        'backends',
        ...backends.map(({ name, note }) => `  ${name.padEnd(14)} ${note ?? 'ready'}`),
      ].join('\n'),
      { models: modelRows, datasets: datasetRows, backends },
    );
  },
};
export default command;
