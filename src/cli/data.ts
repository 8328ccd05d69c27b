import type { Argv } from 'yargs';
import { datasets } from '../../datasets/index.ts';
import type { Examples, LoadedDataset } from '../dataset.ts';
import { drawGrey } from './draw-grey.ts';
import { dataOptions, dataRequest, type Arguments, type CommandBody } from './options.ts';
import type { Output } from './output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('dataset', { describe: 'which dataset', choices: Object.keys(datasets), type: 'string' })
      .options(dataOptions as never)
      .example('$0 data mnist', 'fetch, verify and show'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const dataset = await datasets[args.dataset as string].load(dataRequest(args, {}, output));
    if (dataset.standIn) output.warn(dataset.standIn);
    const splits = (['train', 'validation', 'test'] as const).flatMap((name) => {
      const split = dataset[name];
      return split
        ? [{ name, rows: split.rows, perClass: countClasses(split, dataset.classNames.length) }]
        : [];
    });
    output.result(
      [
        `${dataset.name}: source ${dataset.source}, ${dataset.train.features} features, ${dataset.classNames.length} classes`,
        ...splits.map(
          ({ name, rows, perClass }) =>
            `  ${name.padEnd(11)}${String(rows).padStart(6)} rows; per class ${perClass.join(' ')}`,
        ),
        ...dataset.files.map(
          ({ name, bytes, sha256 }) => `  ${name}: ${bytes} bytes, sha256 ${sha256.slice(0, 12)}…`,
        ),
        ...samples(dataset),
      ].join('\n'),
      {
        name: dataset.name,
        source: dataset.source,
        standIn: dataset.standIn,
        files: dataset.files,
        features: dataset.train.features,
        classNames: dataset.classNames,
        splits,
      },
    );
  },
};
export default command;

function countClasses({ labels }: Examples, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}

/** Three grey pictures side by side, as far as the data are grey pictures. */
function samples({ preprocessing, train, classNames }: LoadedDataset): string[] {
  if (preprocessing.kind !== 'image' || preprocessing.channels !== 1) return [];
  const { width } = preprocessing;
  const pictures = [0, 1].map((row) => {
    const pixels = train.inputs.subarray(row * train.features, (row + 1) * train.features);
    const values = Float64Array.from(pixels, (pixel) => pixel / train.divisor);
    return drawGrey(values, width).split('\n');
  });
  const names = [0, 1].map((row) => classNames[train.labels[row]].padEnd(width + 4)).join('');
  return [names, ...pictures[0].map((line, i) => line.padEnd(width + 4) + pictures[1][i])];
}
