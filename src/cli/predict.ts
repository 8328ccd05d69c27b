import { basename } from 'node:path';
import type { Argv } from 'yargs';
import type { CsvOptions } from '../data/formats/csv.ts';
import { contactSheet, maxTiles } from '../reports/pictures/data-picture.ts';
import { toPng } from '../reports/pictures/echarts.ts';
import { InputError } from '../utils/errors.ts';
import { keepInputs, writeFileAtomically } from '../node/files.ts';
import { type SavedModel } from '../weights/saved-model.ts';
import { checkThreshold, predictPrepared } from '../estimator/predict.ts';
import { loadWeights, weightsPath } from '../runs/load.ts';
import {
  backendOptions,
  dataOptions,
  tableTextOptions,
  userModelOption,
  repeatable,
  startBackend,
  thresholdOption,
  wholeNumber,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { type FailedRow, isFailed, readInputs, type Row } from './shared/prediction-inputs.ts';
import { ownInTraining } from '../weights/run-record.ts';
import {
  positiveClassOf,
  predictionCsv,
  predictionTable,
  predictionText,
  rank,
  tableWithPredictions,
  type Ranked,
} from './shared/results.ts';
import { counted, percent, shellWord } from '../utils/text.ts';

/** More inputs are shown as a table. */
const maxPictured = 3;

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('weights', { describe: 'a run directory or a weights.json', type: 'string' })
      .positional('input', {
        describe: 'images, folders, patterns, tables, or - for lines on standard input',
        type: 'string',
        array: true,
      })
      .options({
        values: { describe: 'one row of values, comma-separated', ...repeatable },
        'top-k': { describe: 'number of classes to show, most probable first', type: 'number' },
        output: { describe: 'output format', choices: ['text', 'table', 'csv', 'json'] },
        out: { describe: 'CSV file for the rows of a table with predictions', type: 'string' },
        ...thresholdOption,
        'contact-sheet': {
          describe: 'PNG file for the images with predictions',
          type: 'string',
        },
        'skip-broken': {
          ...dataOptions['skip-broken'],
          describe: 'skip unreadable files of folders and patterns and list them',
        },
        ...tableTextOptions,
        ...userModelOption,
        ...backendOptions,
      } as never)
      .example('$0 predict runs/mnist-… seven.png', 'an image of any size')
      .example('$0 predict cats.json holiday/ --contact-sheet sheet.png', 'a folder of images')
      .example("$0 predict mnist.json 'scans/*.jpg' --output csv", 'files that match a pattern')
      .example('$0 predict gate.json --values 1,0', 'one row of values')
      .example('$0 predict gate.json rows.csv', 'rows of a table')
      .example('$0 predict runs/mlp-… new.csv --out predictions.csv', 'write a table with predictions')
      .example('echo "[0,1]" | $0 predict gate.json -', 'JSON lines'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const saved = await loadWeights(args.weights as string, args.model as string | undefined);
    const { classNames } = saved.file;
    if (saved.model.task === 'next-token') {
      throw new InputError(
        `${saved.file.model} predicts the next character: use zoo generate ${shellWord(args.weights as string)}.`,
      );
    }
    const topK =
      args.topK === undefined ? classNames.length : wholeNumber(args, 'topK', 1, classNames.length);
    const threshold = checkThreshold('--threshold', args.threshold, saved);
    const words = (args.input ?? []) as string[];
    const trained = ownInTraining(saved.file.training);
    const { decimal = trained?.decimal, header = trained?.header } = args as CsvOptions;
    const rows = await readInputs(saved, {
      text: { decimal, header },
      values: (args.values ?? []) as string[],
      words,
      skipBroken: args.skipBroken === true,
      progress: output.progress,
    });
    const sheet = args.contactSheet as string | undefined;
    const out = args.out as string | undefined;
    for (const path of [sheet, out]) {
      if (path !== undefined)
        await keepInputs(path, [
          await weightsPath(args.weights as string),
          ...words,
          ...rows.map(({ input }) => input),
        ]);
    }
    await startBackend(args, output);
    const valid = rows.filter((row) => !isFailed(row)) as Row[];
    const predictions = await predictPrepared(
      saved,
      valid.map(({ values }) => values),
    );
    /** By row; undefined for one that does not fit the model. */
    const inOrder = (list: Ranked[]): (Ranked | undefined)[] => {
      let next = 0;
      return rows.map((row) => (isFailed(row) ? undefined : list[next++]));
    };
    const predicted = rank(predictions, classNames, topK, threshold);
    const ranked = inOrder(predicted);
    if (sheet !== undefined) {
      await writeFileAtomically(sheet, await toPng(await sheetOf(saved, valid, predicted)));
      output.say(`contact sheet: ${sheet}`);
    }
    if (out !== undefined) {
      const target = trained?.target ?? 'target';
      await writeFileAtomically(out, tableWithPredictions(rows, ranked, classNames, target));
      output.say(`predictions: ${out}`);
    }
    const withTop = args.topK !== undefined;
    const document = {
      model: saved.file.model,
      ...positiveClassOf(saved.model, classNames),
      predictions: rows.map((row, i) => {
        const { input } = row;
        if (isFailed(row)) return { input, error: row.error };
        const { top, ...prediction } = ranked[i]!;
        return { input, ...prediction, ...(withTop && { top }) };
      }),
    };
    reportFailed(rows, output);
    const form = args.output ?? (rows.length > maxPictured ? 'table' : 'text');
    if (form === 'json') return output.document(document);
    const text =
      form === 'csv'
        ? predictionCsv(rows, ranked, classNames).trimEnd()
        : form === 'table'
          ? predictionTable(rows, withTop ? ranked : inOrder(rank(predicted, classNames, 1, threshold)))
          : rows.map((row, i) => predictionText(saved, row, ranked[i], withTop)).join('\n');
    output.result(text, document);
  },
};
export default command;

const maxErrorsShown = 10;

/** Says which rows were not predicted, and why; the exit code is 1 then. */
function reportFailed(rows: (Row | FailedRow)[], output: Output): void {
  const failed = rows.filter(isFailed);
  if (failed.length === 0) return;
  failed.slice(0, maxErrorsShown).forEach(({ error }) => output.warn(error));
  output.warn(`${failed.length} of ${counted(rows.length, 'row')} not predicted.`);
  process.exitCode = 1;
}

/** An SVG of the images with their predictions. @throws InputError if the model does not take images */
function sheetOf({ file }: SavedModel, rows: Row[], ranked: Ranked[]): Promise<string> {
  const { preprocessing } = file;
  if (preprocessing.kind !== 'image') {
    throw new InputError(`--contact-sheet needs a model of images; ${file.model} takes numbers.`);
  }
  const shown = Math.min(rows.length, maxTiles);
  const tiles = rows.slice(0, shown).map(({ input, values }, i) => {
    const { label, probabilities } = ranked[i];
    const probability = probabilities[file.classNames.indexOf(label)];
    return { values, caption: [`${label} ${percent(probability, 1)}`, basename(input)] };
  });
  const all = shown < rows.length ? `the first ${shown} of ${rows.length} pictures` : `${shown} pictures`;
  return contactSheet(`${file.model}: ${all}`, preprocessing, tiles);
}
