import type { Argv } from 'yargs';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { datasets } from '../../datasets/index.ts';
import { ownData } from '../../datasets/user/index.ts';
import { isTableFile } from '../../datasets/user/table-file.ts';
import { summarise, type SplitSummary } from '../data/summary.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { keepInputs, writeFileAtomically } from '../node/files.ts';
import { toPng } from '../reports/pictures/echarts.ts';
import { lookup, left, right, tableText, percent } from '../utils/text.ts';
import { dataOptions, dataRequest, type Arguments, type CommandBody } from './shared/options.ts';
import { columnsText, lookAtTable } from './shared/data-table.ts';
import { drawGrey } from './shared/prediction-inputs.ts';
import type { Output } from './shared/output.ts';

const isOfOnesOwn = (word: string): boolean => isTableFile(word) || existsSync(word);

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('dataset', {
        describe: `one of ${Object.keys(datasets).join(', ')}; a table of yours; a folder of pictures`,
        type: 'string',
        // What lies on the disk is no slip; words that do not are helped on.
        ...(!process.argv.slice(3).some(isOfOnesOwn) && { choices: Object.keys(datasets) }),
      })
      .options({
        show: { describe: 'draw a contact sheet of it', type: 'boolean', default: false },
        'contact-sheet': {
          alias: 'out',
          describe: 'PNG file to draw into [<dataset>.png]; implies --show',
          type: 'string',
        },
        seed: { describe: 'of data that is drawn by a seed', type: 'number' },
        ...dataOptions,
      } as never)
      .example('$0 data mnist', 'fetch, verify and summarise')
      .example('$0 data iris.csv --target species', 'a table of your own')
      .example('$0 data pets --size 32x32 --show', 'pictures of your own, a folder each class')
      .example('$0 data cats --show --out cats.png', 'and draw a contact sheet'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const word = args.dataset as string;
    if (isTableFile(word)) return showTable(word, args, output);
    const isFolder = (await stat(word).catch(() => undefined))?.isDirectory() === true;
    const dataset =
      isFolder && !Object.hasOwn(datasets, word)
        ? await ownData.load(dataRequest({ ...args, dataDir: word, size: args.size ?? '28x28' }, {}, output))
        : await lookup('dataset', datasets, word).load(dataRequest(args, {}, output));
    if (dataset.standIn) output.warn(dataset.standIn);
    const splits = summarise(dataset);
    const sheet = args.contactSheet as string | undefined;
    const picture = sheet ?? (args.show ? `${dataset.name}.png` : undefined);
    if (picture !== undefined) {
      const { dataPicture } = await import('../reports/pictures/data-picture.ts');
      await writeFileAtomically(picture, await toPng(await dataPicture(dataset)));
    }
    const { name, source, train, classNames, files } = dataset;
    output.result(
      [
        `${name}: source ${source}, ${train.features} features, ${classNames.length} classes`,
        '',
        splitsTable(splits),
        '',
        balanceTable(splits, classNames),
        ...(files.length > 0 ? ['', ...filesText(dataset)] : []),
        ...samples(dataset),
        ...(picture === undefined ? [] : ['', `contact sheet: ${picture}`]),
      ].join('\n'),
      {
        name,
        source,
        standIn: dataset.standIn,
        files,
        features: train.features,
        classNames,
        splits,
        contactSheet: picture,
      },
    );
  },
};
export default command;

async function showTable(path: string, args: Arguments, output: Output): Promise<void> {
  const request = dataRequest({ ...args, dataFile: path }, {}, output);
  const { name, rows, columns, file, dataset, problem } = await lookAtTable(request);
  const splits = dataset ? summarise(dataset) : [];
  const { classNames = [], train } = dataset ?? {};
  const isRegression = classNames.length === 1;
  const picture = (args.contactSheet as string | undefined) ?? (args.show ? `${name}.png` : undefined);
  if (picture !== undefined) {
    await keepInputs(picture, [path]);
    const { tablePicture } = await import('../reports/pictures/data-picture.ts');
    const svg = await tablePicture(`${name}: ${rows} rows`, columns);
    await writeFileAtomically(picture, await toPng(svg));
  }
  output.result(
    [
      `${name}: ${rows} rows, ${columns.length} columns` +
        (train ? `, which become ${train.features} inputs` : ''),
      '',
      columnsText(columns),
      ...(dataset ? ['', splitsTable(splits)] : []),
      ...(dataset && !isRegression ? ['', balanceTable(splits, classNames)] : []),
      ...(isRegression ? ['', `to be predicted: ${classNames[0]}, a number`] : []),
      ...(problem === undefined ? [] : ['', `A training would refuse it: ${problem}`]),
      ...(picture === undefined ? [] : ['', `histograms: ${picture}`]),
    ].join('\n'),
    {
      name,
      source: 'dir',
      files: [file],
      features: train?.features ?? columns.length,
      classNames,
      splits,
      rows,
      columns,
      problem,
      contactSheet: picture,
    },
  );
}

/** Numbers as the network sees them, after scaling. */
const splitsTable = (splits: SplitSummary[]): string =>
  tableText(
    [...left('split'), ...right('rows', 'minimum', 'maximum', 'mean', 'deviation', 'missing', 'constant')],
    splits.map(({ name, rows, range, missing, constantFeatures }) => [
      name,
      String(rows),
      ...[range.minimum, range.maximum, range.mean, range.deviation].map((value) => value.toPrecision(4)),
      String(missing),
      String(constantFeatures),
    ]),
  );

const balanceTable = (splits: SplitSummary[], classNames: string[]): string =>
  tableText(
    [...left('class'), ...right(...splits.map(({ name }) => name))],
    classNames.map((className, k) => [
      className,
      ...splits.map(({ perClass, rows }) => `${perClass[k]} (${percent(perClass[k] / rows, 1)})`),
    ]),
  );

const mostFiles = 6;

function filesText({ files }: LoadedDataset): string[] {
  const shown = files.slice(0, mostFiles);
  const table = tableText(
    [...left('file'), ...right('bytes'), ...left('sha256')],
    shown.map(({ name, bytes, sha256 }) => [name, String(bytes), `${sha256.slice(0, 12)}…`]),
  );
  return files.length > mostFiles ? [table, `and ${files.length - mostFiles} more files`] : [table];
}

/** Two grey pictures side by side, as far as the data are grey pictures. */
function samples({ preprocessing, train, classNames }: LoadedDataset): string[] {
  if (preprocessing.kind !== 'image' || preprocessing.channels !== 1) return [];
  const { width } = preprocessing;
  const pictures = [0, 1].map((row) => {
    const pixels = train.inputs.subarray(row * train.features, (row + 1) * train.features);
    const values = Float64Array.from(pixels, (pixel) => pixel / train.divisor);
    return drawGrey(values, width).split('\n');
  });
  const names = [0, 1].map((row) => classNames[train.labels[row]].padEnd(width + 4)).join('');
  return ['', names, ...pictures[0].map((line, i) => line.padEnd(width + 4) + pictures[1][i])];
}
