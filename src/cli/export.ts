import { dirname, extname, join, relative } from 'node:path';
import type { Argv } from 'yargs';
import { InputError } from '../utils/errors.ts';
import { keepInputs, makeDirectory, writeFileAtomically } from '../node/files.ts';
import { exportModel, formatNames, type Export, type FormatName } from '../weights/export/export-model.ts';
import { loadWeights, weightsPath } from '../runs/load.ts';
import { storedRows } from '../runs/stored-rows.ts';
import {
  dataOptions,
  dataRequest,
  userModelOption,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';

const formatDescriptions = [
  'json: nested lists',
  'npz: NumPy arrays',
  'safetensors: arrays',
  'layers: a TensorFlow.js Layers model',
  'onnx: the whole model',
  'js: a module without dependencies',
];

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('weights', { describe: 'a run directory or a weights.json', type: 'string' })
      .options({
        format: {
          describe: formatDescriptions.join('; '),
          choices: formatNames,
          default: 'json',
          coerce: refusePython,
        },
        dtype: { describe: 'precision of onnx [float32]', choices: ['float32', 'float64'] },
        out: {
          describe: 'output file, or directory for layers [next to the weights]',
          type: 'string',
        },
        'data-dir': dataOptions['data-dir'],
        ...userModelOption,
      } as never)
      .example('$0 export runs/mnist-… --format onnx', 'for ONNX Runtime, in any language')
      .example('$0 export runs/mnist-… --format js --out digits.mjs', 'for browsers, workers and Node.js')
      .example('$0 export runs/mnist-… --format npz', 'for NumPy')
      .epilogue(
        'Before anything is written, the recorded steps of the model are run in double precision on\n' +
          'random rows, and on test rows if data is available, and compared with its predictions.',
      ),

  async handler(args: Arguments, output: Output): Promise<void> {
    const weights = await weightsPath(args.weights as string);
    const format = args.format as FormatName;
    const saved = await loadWeights(weights, args.model as string | undefined);
    const made = await exportModel(saved, format, {
      dtype: args.dtype as 'float32' | 'float64' | undefined,
      rows: await storedRows(saved, dataRequest(args, saved.file.options, output)),
    });
    const files = placed(format, made.files, args.out as string | undefined, dirname(weights));
    for (const { path } of files) await keepInputs(path, [weights]);
    await makeDirectory(dirname(files[0].path));
    for (const { path, content } of files) await writeFileAtomically(path, content);
    if (made.unchecked !== undefined) output.warn(`not checked: ${made.unchecked}`);
    const written = files.map(({ path, content }) => ({ path, bytes: Buffer.byteLength(content) }));
    output.result(
      [
        ...written.map(({ path, bytes }) => `${relative('', path)}: ${bytes} bytes`),
        ...checkedText(made),
      ].join('\n'),
      { model: saved.file.model, format, files: written, ...(made.checked && { checked: made.checked }) },
    );
  },
};
export default command;

/** @throws InputError for a format that was removed */
function refusePython(format: string): string {
  if (format === 'python')
    throw new InputError(
      'The format python was removed: use --format npz; docs/export.md shows the lines of NumPy that compute predictions from it.',
    );
  return format;
}

const checkedText = ({ checked }: Export): string[] =>
  checked
    ? [
        `checked: ${checked.rows} rows in double precision, ` +
          `largest difference of probabilities ${checked.maxDifference === 0 ? 0 : checked.maxDifference.toPrecision(2)}`,
      ]
    : [];

/** Where each file goes: under `out`, beside it for the second one, or where the weights are. */
function placed(format: FormatName, files: Export['files'], out: string | undefined, beside: string) {
  const names = Object.keys(files);
  const first = out ?? join(beside, format === 'layers' ? 'layers-model' : names[0]);
  const extension = extname(first);
  const stem = first.slice(0, first.length - extension.length);
  const path = (name: string, i: number): string => {
    if (format === 'layers') return join(first, name);
    return i === 0 ? first : `${stem}.d${extension === '.js' ? '.ts' : '.mts'}`;
  };
  return Object.entries(files).map(([name, content], i) => ({ path: path(name, i), content }));
}
