/** A model of the zoo from a file of parameters that some other program wrote. */
import { onBackend } from '../../backend/index.ts';
import type { Preprocessing, TargetScale } from '../../core/data/dataset.ts';
import { defaultsOf, type OptionValue, type ZooEntry } from '../../core/entry.ts';
import { InputError } from '../../core/errors.ts';
import type { ParameterSet } from '../../core/parameters.ts';
import { RandomState } from '../../core/random.ts';
import { rowFromValues } from '../../core/scoring/row-from-values.ts';
import { drawRows, modelAnswers } from '../export/check.ts';
import { codesOf } from '../export/prepare-table.ts';
import { graphOf } from '../export/trace.ts';
import { featuresOf, weightsFrom, weightsText, type SavedModel } from '../saved-model.ts';
import { toFileParameters, type WeightsFile } from '../weights.ts';
import { agreement } from './agreement.ts';
import { matchParameters, type Match, type Matched } from './match.ts';
import type { Source } from './found.ts';

/** What the file itself does not say. */
export interface ImportOptions {
  /** Of the model, where the user names some. */
  options: Record<string, OptionValue>;
  /** Asked for where the file does not know them. */
  data: () => Promise<{ classNames: string[]; preprocessing: Preprocessing; target?: TargetScale }>;
}

export interface Imported {
  saved: SavedModel;
  matches: Match[];
  unused: string[];
  /** How far the model's answers are from the file's own on random rows; missing where the file cannot be run here. */
  difference?: number;
}

/** Of answers in single precision; what is matched wrongly is a hundred times as far. */
const tolerance = 1e-4;
const trialRows = 20;

/**
 * Tries the networks that the model can be with other options, as far as the shapes of the arrays suggest them, and takes
 * the first that all arrays fit and that answers as the file does.
 *
 * @param name of the file, for messages
 * @throws InputError where there is none
 */
export async function importModel(
  entry: ZooEntry,
  source: Source,
  name: string,
  { options, data }: ImportOptions,
): Promise<Imported> {
  if (source.file && source.file.model !== entry.name)
    throw new InputError(`${name} is an export of the model ${source.file.model}, not of ${entry.name}.`);
  const about = source.file ?? { ...(await data()), ...source.preparation };
  const problems: string[] = [];
  for (const candidate of candidates(entry, source, options)) {
    try {
      for (const made of await networks(entry, source, name, about, candidate)) {
        const difference = await differenceFrom(source, made.saved);
        if (difference === undefined || difference <= tolerance) return { ...made, difference };
        problems.push(
          `${name} fits ${entry.name} by its shapes but computes something else: on random rows their answers differ by ${difference.toPrecision(2)}.`,
        );
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
    }
  }
  // A difference tells more than a shape that does not fit, and the usual options more than guesses.
  throw new InputError(problems.find((problem) => problem.includes('differ by')) ?? problems[0]);
}

type Options = Record<string, OptionValue>;

/** Options that the model may have been made with; what the user says is not varied. */
function candidates(entry: ZooEntry, { arrays, file }: Source, given: Options): Options[] {
  if (file) return [{ ...file.options, ...given }];
  const usual = { ...defaultsOf(entry), ...given };
  const values = arrays.reduce((sum, { array }) => sum + array.values.length, 0);
  // Hidden units are counted by the biases, of which the last one is the outputs'.
  const widths = arrays
    .flatMap(({ array }) => (array.shape.length === 1 ? [array.shape[0]] : []))
    .slice(0, -1);
  const guessed = Object.entries(entry.options).flatMap(
    ([name, { default: value, integer, length, maximum }]) => {
      if (!integer || name in given || widths.length === 0) return [];
      const list = length === undefined ? widths : widths.slice(0, length);
      const guess = Array.isArray(value) ? list : widths[0];
      // No network is built of sizes that the arrays cannot have.
      const needed = list.reduce((sum, width, i) => sum + width * (list[i + 1] ?? 1), 0);
      if (needed > values) return [];
      return [guess].flat().every((each) => each >= 1 && each <= (maximum ?? Infinity))
        ? [[name, guess] as const]
        : [];
    },
  );
  const choices = Object.entries(entry.options).filter(([name, { choices }]) => choices && !(name in given));
  const varied = [usual, { ...usual, ...Object.fromEntries(guessed) }];
  return choices.reduce<Options[]>(
    (all, [name, { choices = [] }]) =>
      all.flatMap((each) => [
        each,
        ...choices.filter((c) => c !== each[name]).map((c) => ({ ...each, [name]: c })),
      ]),
    varied,
  );
}

type About = Pick<WeightsFile, 'classNames' | 'preprocessing' | 'target'> & Partial<WeightsFile>;

/** The networks that these options make of the arrays: two where pictures may have been flattened in two orders. */
async function networks(
  entry: ZooEntry,
  { arrays, format }: Source,
  name: string,
  about: About,
  options: Options,
): Promise<Omit<Imported, 'difference'>[]> {
  const { classNames, preprocessing, target } = about;
  const asPrinted = about.asPrinted ?? false;
  const model = entry.create({ ...options, asPrinted, classes: classNames.length });
  const features =
    featuresOf({ preprocessing }, {}) ||
    arrays.find(({ array }) => array.shape.length === 2)?.array.shape[0] ||
    1;
  const expected = model.initial({ features, classes: classNames.length, random: new RandomState(0) });
  const { parameters, matches, unused, hadChannelsFirst }: Matched = matchParameters(expected, arrays, name);
  const isDouble = arrays.some(({ array }) => array.dtype === 'float64');
  const made = (set: ParameterSet): SavedModel => {
    const file: WeightsFile = {
      format: 'backprop-zoo/weights',
      version: 1,
      model: entry.name,
      ...(entry.file && { modelFile: entry.file }),
      options,
      asPrinted,
      classNames,
      parameters: toFileParameters(set, isDouble ? 'float64' : 'float32'),
      preprocessing,
      ...(target && { target }),
      training: { ...about.training, imported: { from: name, format } },
      metrics: about.metrics ?? {},
    };
    return weightsFrom(weightsText({ file }), name, entry);
  };
  const asItIs = made(parameters);
  const rest = { matches, unused };
  if (!hadChannelsFirst) return [{ saved: asItIs, ...rest }];
  const reordered = { saved: made(await withChannelsLast(asItIs)), ...rest };
  // Our own exports flatten as our models do; others as they keep their pictures.
  return about.training ? [{ saved: asItIs, ...rest }, reordered] : [reordered, { saved: asItIs, ...rest }];
}

/** Rows of matrices that flattened pictures come to, from channels first to channels last. */
async function withChannelsLast(saved: SavedModel): Promise<ParameterSet> {
  const { steps, shapes } = await graphOf(saved, { from: 'prepared', to: 'outputs' });
  const parameters = { ...saved.parameters };
  for (const { op, inputs } of steps) {
    const flat = steps.find(({ op: made, output }) => made === 'reshape' && output === inputs[0]);
    const weights = parameters[inputs[1]];
    const [, height, width, channels] = flat ? shapes[flat.inputs[0]] : [];
    if (op !== 'matMul' || !weights || channels === undefined) continue;
    const columns = weights.shape[1];
    const values = weights.values.map((_, i) => {
      const row = Math.floor(i / columns);
      const [place, channel] = [Math.floor(row / channels), row % channels];
      return weights.values[(channel * height * width + place) * columns + (i % columns)];
    });
    parameters[inputs[1]] = { shape: weights.shape, values };
  }
  return parameters;
}

/** Undefined where the file cannot be run here. */
async function differenceFrom({ run }: Source, saved: SavedModel): Promise<number | undefined> {
  if (!run) return undefined;
  const rows = drawRows(saved, trialRows).map((row) =>
    row.map((cell) => (typeof cell === 'number' ? Math.fround(cell) : cell)),
  );
  const raw = rows.map((row) => codesOf(saved.file.preprocessing, row));
  const prepared = rows.map((row) => Array.from(rowFromValues(saved, row, 'a row')));
  const expected = await modelAnswers(saved, rows);
  return onBackend('float64', {}, () => {
    let best: number | undefined;
    for (const given of [raw, prepared]) {
      try {
        best = Math.min(best ?? Infinity, agreement(saved, expected, run(given)));
      } catch {
        // It takes other inputs, or does what is not known here.
      }
    }
    return best;
  });
}
