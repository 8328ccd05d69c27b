import { datasets } from '../../datasets/index.ts';
import { datasetFromFile, userData } from '../../datasets/user/index.ts';
import { isTableFile, readTableFile } from '../../datasets/user/table-file.ts';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Arguments, type CommandBody, dataOptions, dataRequest } from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { drawGrey } from './shared/prediction-inputs.ts';
import type { DataRequest, LoadedDataset } from '../data/dataset.ts';
import { boundaryName, textOfRow } from '../data/sequences.ts';
import {
  type ColumnSummary,
  type SplitSummary,
  summarize,
  summarizeTable,
  summarizeTokens,
} from '../data/summary.ts';
import { columnNamed } from '../data/table/table.ts';
import { keepInputs, writeFileAtomically } from '../node/files.ts';
import { toPng } from '../reports/pictures/echarts.ts';
import { InputError } from '../utils/errors.ts';
import { left, lookup, percent, right, sanitizeForTerminal, tableText } from '../utils/text.ts';
import type { Argv } from 'yargs';

const isUserData = (word: string): boolean => isTableFile(word) || existsSync(word);

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('dataset', {
        describe: `one of ${Object.keys(datasets).join(', ')}; a table file; a folder of images`,
        type: 'string',
        // A path that exists is not a misspelt name.
        ...(!process.argv.slice(3).some(isUserData) && { choices: Object.keys(datasets) }),
      })
      .options({
        show: { describe: 'write a contact sheet', type: 'boolean', default: false },
        'contact-sheet': {
          alias: 'out',
          describe: 'PNG file of the contact sheet [<dataset>.png]; implies --show',
          type: 'string',
        },
        seed: { describe: 'seed of random data and of the split', type: 'number' },
        ...dataOptions,
      } as never)
      .example('$0 data mnist', 'download, verify and summarize')
      .example('$0 data iris.csv --target species', 'summarize your own table')
      .example('$0 data pets --size 32x32 --show', 'your own images, one folder per class')
      .example('$0 data cats --show --out cats.png', 'write a contact sheet'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const word = args.dataset as string;
    if (isTableFile(word)) return showTable(word, args, output);
    const isFolder = (await stat(word).catch(() => undefined))?.isDirectory() === true;
    const dataset =
      isFolder && !Object.hasOwn(datasets, word)
        ? await userData.load(dataRequest({ ...args, dataDir: word, size: args.size ?? '28x28' }, {}, output))
        : await lookup('dataset', datasets, word).load(dataRequest(args, {}, output));
    if (dataset.standIn) output.warn(dataset.standIn);
    if (dataset.preprocessing.kind === 'tokens') return showTokens(dataset, args, output);
    const splits = summarize(dataset);
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

const [symbolsShown, rowsShown, charactersShown] = [12, 5, 70];

function showTokens(dataset: LoadedDataset, args: Arguments, output: Output): void {
  if (args.show || args.contactSheet !== undefined) {
    throw new InputError(`Cannot draw ${dataset.name}: its rows are text.`);
  }
  const { name, source, standIn, classNames, files, entropy, train } = dataset;
  const splits = summarizeTokens(dataset);
  const most = classNames.map((_, symbol) => symbol);
  most.sort((a, b) => splits[0].perSymbol[b] - splits[0].perSymbol[a]);
  // Of rows that overlap, those that do not.
  const apart = Math.ceil(train.features / (train.stride ?? train.features));
  const shown = Math.min(rowsShown, Math.ceil(train.rows / apart));
  const rows = Array.from({ length: shown }, (_, i) => textOfRow(train, i * apart, classNames));
  const more = classNames.length - symbolsShown;
  output.result(
    [
      `${name}: source ${source}, ${classNames.length} symbols` +
        (entropy === undefined ? '' : `, least possible loss ${entropy.toFixed(4)} nats per symbol`),
      '',
      tableText(
        [...left('split'), ...right('rows', 'to predict', 'longest')],
        splits.map(({ name, rows, targets, longest }) => [name, ...[rows, targets, longest].map(String)]),
      ),
      '',
      tableText(
        [...left('symbol'), ...right(...splits.map(({ name }) => name))],
        most
          .slice(0, symbolsShown)
          .map((symbol) => [
            classNames[symbol] === boundaryName ? boundaryName : JSON.stringify(classNames[symbol]),
            ...splits.map(
              ({ perSymbol, targets }) => `${perSymbol[symbol]} (${percent(perSymbol[symbol] / targets, 1)})`,
            ),
          ]),
      ),
      ...(more > 0 ? [`and ${more} more`] : []),
      '',
      'training rows',
      ...rows.map((text) => `  ${sanitizeForTerminal(JSON.stringify(text), charactersShown)}`),
      ...(files.length > 0 ? ['', ...filesText(dataset)] : []),
    ].join('\n'),
    { name, source, standIn, files, features: train.features, classNames, entropy, splits, rows },
  );
}

async function showTable(path: string, args: Arguments, output: Output): Promise<void> {
  const request = dataRequest({ ...args, dataFile: path }, {}, output);
  const { name, rows, columns, file, dataset, problem } = await summarizeTableFile(request);
  const splits = dataset ? summarize(dataset) : [];
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
      ...(isRegression ? ['', `target: ${classNames[0]} (regression)`] : []),
      ...(problem === undefined ? [] : ['', `Cannot train on this table: ${problem}`]),
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

/** Statistics of the inputs after scaling. */
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

const maxFiles = 6;

function filesText({ files }: LoadedDataset): string[] {
  const shown = files.slice(0, maxFiles);
  const table = tableText(
    [...left('file'), ...right('bytes'), ...left('sha256')],
    shown.map(({ name, bytes, sha256 }) => [name, String(bytes), `${sha256.slice(0, 12)}…`]),
  );
  return files.length > maxFiles ? [table, `and ${files.length - maxFiles} more files`] : [table];
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

export interface TableSummary {
  /** The dataset for training; undefined if the table is not usable as it is or no target is named. */
  dataset?: LoadedDataset;
  /** Why the table is not usable. */
  problem?: string;
  columns: ColumnSummary[];
  rows: number;
  file: LoadedDataset['files'][number];
  name: string;
}

/** @throws InputError if the file is not a table or has no such target */
export async function summarizeTableFile(request: DataRequest): Promise<TableSummary> {
  const { own = {} } = request;
  const read = await readTableFile(own.file!, own);
  const { table, file } = read;
  if (own.target !== undefined) columnNamed(table, own.target, 'which is to be predicted');
  const seen = { columns: summarizeTable(table), rows: table.rows, file, name: table.name };
  if (own.target === undefined) return seen;
  try {
    return { ...seen, dataset: datasetFromFile(read, request) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...seen, problem: error.message };
  }
}

const heights = '▁▂▃▄▅▆▇█';
const longestName = 24;

/** One line per column: range and histogram of numbers, the most frequent texts. */
export function columnsText(columns: ColumnSummary[]): string {
  return tableText(
    [
      ...left('column'),
      ...right('missing', 'distinct', 'minimum', 'maximum', 'mean', 'deviation'),
      ...left('histogram'),
    ],
    columns.map(({ name, missing, different, numbers, values }) => [
      sanitizeForTerminal(name, longestName),
      String(missing),
      String(different),
      ...(numbers
        ? [numbers.minimum, numbers.maximum, numbers.mean, numbers.deviation].map((x) => x.toPrecision(4))
        : ['', '', '', '']),
      numbers ? bars(numbers.histogram) : mostFrequent(values ?? {}),
    ]),
  );
}

function bars(histogram: number[]): string {
  const most = Math.max(...histogram);
  return histogram
    .map((count) => (count === 0 ? ' ' : heights[Math.ceil((heights.length * count) / most) - 1]))
    .join('');
}

const mostFrequent = (values: Record<string, number>): string => {
  const sorted = Object.entries(values).sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, 3).map(([text, count]) => `${sanitizeForTerminal(text, 12)} ${count}`);
  return shown.join(', ') + (sorted.length > shown.length ? ', …' : '');
};
