import type { Argv } from 'yargs';
import { atHand } from '../../datasets/acquire/obtain.ts';
import { datasets } from '../../datasets/index.ts';
import { published, type Published } from '../../datasets/published.ts';
import { sequences } from '../../datasets/sequences.ts';
import { models } from '../../models/index.ts';
import { backendStates } from '../backend/index.ts';
import type { DataRequest } from '../data/dataset.ts';
import { dataOptions, dataRequest, type Arguments, type CommandBody } from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { listText } from '../utils/text.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .options({ 'data-dir': dataOptions['data-dir'] } as never)
      .example('$0 list', 'list everything')
      .example('$0 list --data-dir data', 'check which data are in this directory'),

  async handler(args: Arguments, output: Output): Promise<void> {
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
    const request = dataRequest(args, {}, output);
    const datasetRows = await Promise.all(
      // Without what only chooses among the others.
      Object.values(datasets)
        .filter(({ name }) => name !== sequences.name)
        .map(async ({ name, title }) => ({
          name,
          title,
          realData: await place(name, request),
        })),
    );
    output.result(
      [
        'models',
        listText(modelRows.map(({ name, title, document }) => [name, `${title} (document ${document})`])),
        'datasets',
        listText(datasetRows.map(({ name, title, realData }) => [name, `${title}: ${places[realData]}`])),
        'backends',
        listText(backends.map(({ name, note }) => [name, note ?? 'ready'])),
      ].join('\n'),
      { models: modelRows, datasets: datasetRows, backends },
    );
  },
};
export default command;

/** Where the real data of a dataset is. */
const places = {
  dir: 'real data in the data directory',
  cache: 'real data in the cache',
  computed: 'generated, needs no files',
  none: 'not downloaded yet; synthetic data if the download fails',
};

async function place(name: string, request: DataRequest): Promise<keyof typeof places> {
  if (!Object.hasOwn(published, name)) return 'computed';
  const what: Published = published[name as keyof typeof published];
  return (await atHand(what, request)) ?? 'none';
}
