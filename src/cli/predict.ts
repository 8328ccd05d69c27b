import type { Argv } from 'yargs';
import { InputError } from '../errors.ts';
import { rowFromImage, rowFromValues } from '../inputs.ts';
import { parseJson, printable } from '../json.ts';
import { predict, type Prediction } from '../predict.ts';
import { loadSavedModel, type SavedModel } from '../saved-model.ts';
import { drawGrey } from './draw-grey.ts';
import { linesOf, standardInput } from './lines.ts';
import { backendOptions, startBackend, type Arguments, type CommandBody } from './options.ts';
import type { Output } from './output.ts';

const longestLine = 1_000_000;

interface Row {
  input: string;
  values: Float64Array;
}

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('weights', { describe: 'a weights.json', type: 'string' })
      .positional('input', { describe: 'image files, or - for JSON lines', type: 'string', array: true })
      .options({
        values: { describe: 'one row of numbers, with commas between', type: 'string', requiresArg: true },
        ...backendOptions,
      } as never)
      .example('$0 predict runs/mnist-…/weights.json seven.png', 'a picture of any size')
      .example('$0 predict runs/gate-…/weights.json --values 1,0', '')
      .example('echo "[0,1]" | $0 predict runs/gate-…/weights.json -', 'JSON lines'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const saved = await loadSavedModel(args.weights as string);
    const rows = await readRows(saved, args);
    if (rows.length === 0) throw new InputError('Give image files, --values, or - to read JSON lines.');
    await startBackend(args, output);
    const inputs = new Float64Array(rows.length * saved.features);
    rows.forEach(({ values }, row) => inputs.set(values, row * saved.features));
    const { file, model, parameters, features } = saved;
    const predictions = predict(model, parameters, inputs, features, file.classNames);
    output.result(rows.map((row, i) => describe(saved, row, predictions[i])).join('\n'), {
      model: file.model,
      predictions: rows.map(({ input }, i) => ({ input, ...predictions[i] })),
    });
  },
};
export default command;

async function readRows(saved: SavedModel, args: Arguments): Promise<Row[]> {
  const rows: Row[] = [];
  if (args.values !== undefined) {
    const text = args.values as string;
    const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
    rows.push({ input: text, values: rowFromValues(saved, numbers, `--values ${text}`) });
  }
  for (const input of (args.input as string[] | undefined) ?? []) {
    if (input === standardInput) rows.push(...(await readLines(saved)));
    else rows.push({ input, values: await rowFromImage(saved, input) });
    checkCount(saved, rows.length);
  }
  return rows;
}

/** One JSON array of numbers a line, or an object with `values`. */
async function readLines(saved: SavedModel): Promise<Row[]> {
  const rows: Row[] = [];
  let number = 0;
  for await (const line of linesOf(process.stdin, longestLine)) {
    number++;
    if (line.trim() === '') continue;
    const where = `line ${number} of the input`;
    const parsed = parseJson(line, where, { values: 100_000 });
    const values = Array.isArray(parsed) ? parsed : (parsed as { values?: unknown } | null)?.values;
    rows.push({ input: line, values: rowFromValues(saved, values, where) });
    checkCount(saved, rows.length);
  }
  return rows;
}

/** All rows are held in memory at once. */
function checkCount({ features }: SavedModel, rows: number): void {
  const most = Math.min(1e6, Math.floor(2 ** 25 / features));
  if (rows > most) throw new InputError(`Give at most ${most} inputs at a time.`);
}

function describe(
  { file }: SavedModel,
  { input, values }: Row,
  { label, probabilities }: Prediction,
): string {
  const bars = probabilities.map((p, k) => {
    const bar = '█'.repeat(Math.round(30 * p));
    return `  ${file.classNames[k].padStart(10)} ${(100 * p).toFixed(2).padStart(6)} % ${bar}`;
  });
  const picture =
    file.preprocessing.kind === 'image' && file.preprocessing.channels === 1
      ? `${drawGrey(values, file.preprocessing.width)}\n`
      : '';
  return `${picture}${printable(input)}: ${label}\n${bars.join('\n')}`;
}
