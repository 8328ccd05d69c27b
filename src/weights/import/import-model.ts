/** A model of the zoo from the arrays of a `.npz` or `.safetensors` file, taken by name. */
import type { Preprocessing, TargetScale } from '../../data/dataset.ts';
import {
  defaultsOf,
  type OptionValue,
  type ModelDefinition,
  checkedOptions,
} from '../../model/definition.ts';
import { InputError } from '../../utils/errors.ts';
import type { ParameterValues } from '../../model/initializers.ts';
import type { ParameterSet } from '../../model/parameters.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import { RandomState } from '../../utils/random.ts';
import * as z from '../../utils/schema.ts';
import { maxValues, type Arrays, type NamedArray } from '../../data/formats/arrays.ts';
import { decodeNpz } from '../../data/formats/npz.ts';
import { decodeSafetensors } from '../formats/safetensors.ts';
import { parseJson } from '../json.ts';
import { featuresOf, weightsFrom, weightsText, type SavedModel } from '../saved-model.ts';
import { checked } from '../schemas.ts';
import { toFileParameters, weightsSchema, type WeightsFile } from '../weights.ts';

export interface ImportOptions {
  /** Values of the model's options that the user gives; the others are the file's own or the defaults. */
  options: Record<string, OptionValue>;
  /**
   * Names of arrays by the names of the parameters that take them; `.T` at the end of an array's name transposes a
   * matrix. A parameter that is not listed takes the array of its own name.
   */
  map?: Record<string, string>;
  /** Class names and preprocessing, for a file that does not contain them. */
  data: () => Promise<Description>;
}

interface Description {
  classNames: string[];
  preprocessing: Preprocessing;
  target?: TargetScale;
}

/** Which array became which parameter. */
export interface Match {
  parameter: string;
  array: string;
  transposed: boolean;
}

export interface Imported {
  saved: SavedModel;
  format: 'npz' | 'safetensors';
  matches: Match[];
}

/**
 * Makes a saved model of the arrays in a file. Every parameter needs an array of its name (or of the name that `map` gives)
 * and of its shape, and every array needs a parameter: nothing is guessed or left out.
 *
 * @param bytes of the file
 * @param name of the file, for messages
 * @throws InputError if the file is neither format, is damaged, holds numbers that are not finite, or does not fit the model
 */
export async function importModel(
  definition: ModelDefinition,
  bytes: Uint8Array,
  name: string,
  { options: given, map = {}, data }: ImportOptions,
): Promise<Imported> {
  const source = readSource(bytes, name);
  if (source.file && source.file.model !== definition.name)
    throw new InputError(
      `${name} is an export of the model ${source.file.model}, not of ${definition.name}.`,
    );
  const about = source.file ?? withScales(await data(), source.scales);
  const { classNames, preprocessing, target } = about;
  const asPrinted = source.file?.asPrinted ?? false;
  const options = checkedOptions(
    definition,
    { ...(source.file?.options ?? defaultsOf(definition)), ...given },
    name,
  );
  const model = definition.create({ ...options, asPrinted, classes: classNames.length });
  const initial = (features: number): ParameterSet =>
    model.initial({ features, classes: classNames.length, random: new RandomState(0) });

  const features = featuresOf({ preprocessing }, {}); // 0: not known before the first parameter is
  const matches = matchNames(Object.keys(initial(features || 1)), map);
  const refuse = (problem: string, expected = features > 0 ? initial(features) : undefined): never => {
    const wanted = expected ? listed(expected) : matches.map(({ parameter }) => parameter).join(', ');
    throw new InputError(
      `${name} does not fit ${definition.name}: ${problem}. The file has ${listed(source.arrays)}; ${definition.name} takes ${wanted}. ` +
        'Set layer sizes with the options of the model, and map other names with --map parameter=array (array.T: transposed).',
    );
  };
  const parameters = Object.fromEntries(
    matches.map(({ parameter, array, transposed }): [string, ParameterValues] => {
      const found = Object.hasOwn(source.arrays, array) ? source.arrays[array] : undefined;
      if (!found)
        return refuse(
          `it has no array ${sanitizeForTerminal(array, 60)}${array === parameter ? '' : ` for ${parameter}`}`,
        );
      if (transposed && found.shape.length !== 2)
        return refuse(`${sanitizeForTerminal(array, 60)} is not a matrix, so that .T cannot transpose it`);
      return [
        parameter,
        transposed ? transpose(found) : { shape: [...found.shape], values: Float64Array.from(found.values) },
      ];
    }),
  );
  const expected = initial(featuresOf({ preprocessing }, parameters));
  for (const { parameter, array, transposed } of matches) {
    const [actual, wanted] = [parameters[parameter], expected[parameter]].map(({ shape }) =>
      shapeText(shape),
    );
    const shown = `${sanitizeForTerminal(array, 60)}${transposed ? ', transposed,' : ''}`;
    if (actual !== wanted)
      refuse(
        `the array ${shown} has the shape ${actual}, and the parameter ${parameter} has ${wanted}`,
        expected,
      );
  }
  const unused = Object.keys(source.arrays).find((key) => !matches.some(({ array }) => array === key));
  if (unused !== undefined) refuse(`no parameter takes ${sanitizeForTerminal(unused, 60)}`, expected);

  const isDouble = matches.some(({ array }) => source.arrays[array].dtype === 'float64');
  const file: WeightsFile = {
    format: 'backprop-zoo/weights',
    version: 1,
    model: definition.name,
    ...(definition.file && { modelFile: definition.file }),
    options,
    asPrinted,
    classNames,
    parameters: toFileParameters(parameters, isDouble ? 'float64' : 'float32'),
    preprocessing,
    ...(target && { target }),
    training: { ...source.file?.training, imported: { from: name, format: source.format } },
    metrics: source.file?.metrics ?? {},
  };
  return { saved: weightsFrom(weightsText({ file }), name, definition), format: source.format, matches };
}

interface Source {
  format: Imported['format'];
  arrays: Arrays;
  /** What a `.safetensors` of the zoo says of its model. */
  file?: Omit<WeightsFile, 'parameters'>;
  /** Arrays of a `.npz` of the zoo that are not parameters. */
  scales: Arrays;
}

const metadataSchema = z.omit(weightsSchema, { parameters: true });

function readSource(bytes: Uint8Array, name: string): Source {
  const source = decode(bytes, name);
  const arrays = Object.entries({ ...source.arrays, ...source.scales });
  const values = arrays.reduce((sum, [, array]) => sum + array.values.length, 0);
  if (values > maxValues) throw new InputError(`${name} has ${values} numbers; the maximum is ${maxValues}.`);
  if (Object.keys(source.arrays).length === 0) throw new InputError(`${name} has no arrays.`);
  for (const [key, array] of arrays) {
    const invalid = Array.from(array.values).findIndex((value) => !Number.isFinite(value));
    if (invalid !== -1)
      throw new InputError(
        `${name}: the array ${sanitizeForTerminal(key, 60)} has the value ${array.values[invalid]} at ${invalid}; values must be finite numbers.`,
      );
  }
  return source;
}

function decode(bytes: Uint8Array, name: string): Source {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b; // "PK"
  if (isZip) {
    const { mean, scale, divisor, targetMean, targetScale, ...arrays } = decodeNpz(bytes, name);
    const scales = Object.entries({ mean, scale, divisor, targetMean, targetScale });
    return {
      format: 'npz',
      arrays,
      scales: Object.fromEntries(scales.filter(([, array]) => array as NamedArray | undefined)),
    };
  }
  // The length of the header, below 2³², and the brace that begins it.
  const isSafetensors = bytes[8] === 0x7b && bytes.slice(4, 8).every((byte) => byte === 0);
  if (!isSafetensors)
    throw new InputError(
      `${name} is not a valid .npz or .safetensors file: save the parameters with numpy.savez or with safetensors.`,
    );
  const { arrays, metadata } = decodeSafetensors(bytes, name);
  const file =
    metadata.weights === undefined
      ? undefined
      : checked(
          metadataSchema,
          parseJson(metadata.weights, `The metadata of ${name}`),
          name,
          'export of a model',
        );
  return { format: 'safetensors', arrays, file, scales: {} };
}

/** The preprocessing of the data, with the numbers that a `.npz` of the zoo gives for it. */
function withScales({ classNames, preprocessing, target }: Description, scales: Arrays): Description {
  const { mean, scale, divisor, targetMean, targetScale } = scales as Partial<Arrays>;
  const list = ({ values }: NamedArray) => Array.from(values);
  const own: Preprocessing =
    mean && scale
      ? { kind: 'standardise', mean: list(mean), scale: list(scale) }
      : divisor && preprocessing.kind === 'image'
        ? { ...preprocessing, divisor: divisor.values[0] }
        : preprocessing;
  const ownTarget =
    targetMean && targetScale ? { mean: targetMean.values[0], scale: targetScale.values[0] } : target;
  return { classNames, preprocessing: own, target: ownTarget };
}

/** @throws InputError for a parameter in the map that the model does not have */
function matchNames(parameters: string[], map: Record<string, string>): Match[] {
  const unknown = Object.keys(map).find((key) => !parameters.includes(key));
  if (unknown !== undefined)
    throw new InputError(
      `--map: the model has no parameter ${sanitizeForTerminal(unknown, 60)}; it has ${parameters.join(', ')}.`,
    );
  return parameters.map((parameter) => {
    const word = Object.hasOwn(map, parameter) ? map[parameter] : parameter;
    const transposed = word.endsWith('.T');
    return { parameter, array: transposed ? word.slice(0, -'.T'.length) : word, transposed };
  });
}

/** `[rows, columns]` → `[columns, rows]`. */
function transpose({ shape: [rows, columns], values }: NamedArray): ParameterValues {
  const transposed = Float64Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)],
  );
  return { shape: [columns, rows], values: transposed };
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

const maxListed = 40;

function listed(arrays: Record<string, { shape: readonly number[] }>): string {
  const all = Object.entries(arrays).map(
    ([key, { shape }]) => `${sanitizeForTerminal(key, 60)} ${shapeText(shape)}`,
  );
  const more = all.length - maxListed;
  return all.slice(0, maxListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
