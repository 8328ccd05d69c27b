/**
 * weights.json: trained parameters with all that is needed to use them, in plain JSON.
 * Numbers are written so that they read back to the same bits.
 */
import * as z from '../utils/schema.ts';
import type { Preprocessing } from '../data/dataset.ts';
import { maxSymbols } from '../data/check-dataset.ts';
import { maxColumns } from '../data/table/table.ts';
import { InputError } from '../utils/errors.ts';
import { formatJson, parseJson } from './json.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import type { ParameterSet } from '../model/parameters.ts';
import { checked, finiteNumbers, isOfItsShape, listOf, tensorShape } from './schemas.ts';

/** The values of the largest model here with all its text take a fifth of this. */
export const weightsLimits = { characters: 256e6, depth: 16, parts: 100_000, values: 16e6 };

export const largestFloat32 = 3.4028234663852886e38;

const { shape, values } = tensorShape;
// Parsed keys are in this order, and files are written in it.
const parameterSchema = z.object({ shape, dtype: z.enum(['float32', 'float64']), values }).check(
  isOfItsShape,
  z.refine(
    ({ dtype, values }) => dtype === 'float64' || values.every((value) => Math.abs(value) <= largestFloat32),
    { message: 'has a value that is too large for float32' },
  ),
);

/** Of a text, a line break and a tab are symbols, too. */
const className = z
  .string()
  .check(z.maxLength(500), z.regex(/^(?:[^\p{Cc}]*|[\n\t])$/u, 'has control characters'));

const pixels = z.int().check(z.minimum(1), z.maximum(4096));
const divisor = z.number().check(z.positive());

const tableInput = z.union([
  z.object({
    name: z.string(),
    mean: z.number(),
    scale: z.number().check(z.positive()),
    fill: z.optional(z.number()),
  }),
  z.object({
    name: z.string(),
    categories: listOf(z.string(), maxColumns),
    fill: z.optional(z.string()),
  }),
]);

export const preprocessingSchema: z.ZodMiniType<Preprocessing> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('image'),
    height: pixels,
    width: pixels,
    channels: z.union([z.literal(1), z.literal(3)]),
    divisor,
    resized: z.optional(z.boolean()),
  }),
  z.object({ kind: z.literal('standardise'), mean: finiteNumbers, scale: finiteNumbers }).check(
    z.refine(({ mean, scale }) => mean.length === scale.length, {
      message: 'mean and scale differ in length',
    }),
    z.refine(({ scale }) => scale.every((value) => value > 0), { message: 'a scale is not positive' }),
  ),
  z.object({ kind: z.literal('table'), columns: listOf(tableInput, maxColumns) }),
  z.object({
    kind: z.literal('tokens'),
    context: z.int().check(z.minimum(1), z.maximum(4096)),
    boundary: z.optional(z.int().check(z.minimum(0))),
  }),
]);

export const optionValueSchema = z.union([z.string(), z.number(), z.boolean(), finiteNumbers]);

const hashedFile = {
  path: z.string().check(z.maxLength(4096)),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
};

/** A model of the user's own: where it was, and what, with the local files that it imports. */
export const modelFileSchema = z.object({
  ...hashedFile,
  imports: z.optional(listOf(z.object(hashedFile), 1000)),
});

export const weightsSchema = z.object({
  format: z.literal('backprop-zoo/weights'),
  version: z.literal(1),
  model: z.string(),
  modelFile: z.optional(modelFileSchema),
  /** The model's options, so that the same network can be built again. */
  options: z._default(z.record(z.string(), optionValueSchema), {}),
  asPrinted: z._default(z.boolean(), false),
  classNames: listOf(className, maxSymbols).check(
    z.refine((names) => names.length >= 1, {
      message: 'expected class names, or the name of what is predicted',
    }),
  ),
  parameters: z.record(z.string(), parameterSchema),
  preprocessing: preprocessingSchema,
  /** Of a regression: the number predicted is mean + scale · output. */
  target: z.optional(z.object({ mean: z.number(), scale: z.number().check(z.positive()) })),
  training: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.unknown()),
});

export type WeightsFile = z.infer<typeof weightsSchema>;

/** Parameters in the form of the file. `dtype` is the precision they were trained in. */
export function toFileParameters(set: ParameterSet, dtype: 'float32' | 'float64'): WeightsFile['parameters'] {
  const arrays = Object.entries(set);
  return Object.fromEntries(
    arrays.map(([name, { shape, values }]) => [name, { shape, dtype, values: Array.from(values) }]),
  );
}

export const fromFileParameters = (
  parameters: Record<string, { shape: number[]; values: number[] }>,
): ParameterSet => {
  const arrays = Object.entries(parameters);
  return Object.fromEntries(
    arrays.map(([name, { shape, values }]) => [name, { shape, values: Float64Array.from(values) }]),
  );
};

/** JSON of a weights file: indented, but each parameter's values on one line. */
export const formatWeights = (file: WeightsFile): string => formatJson(file);

/**
 * Reads and checks the text of a weights file.
 *
 * @param name what to call the file in messages
 * @throws InputError that says where the file is wrong
 */
export function parseWeights(text: string, name: string): WeightsFile {
  return checked(weightsSchema, parseJson(text, name, weightsLimits), name, 'weights file');
}

/**
 * Checks that the parameters are those of a model: same names, same shapes.
 *
 * @throws InputError that names the first difference
 */
export function checkParameters(actual: ParameterSet, expected: ParameterSet, name: string): void {
  for (const key of Object.keys(expected)) {
    if (!Object.hasOwn(actual, key)) throw new InputError(`${name} lacks the parameter ${key}.`);
    const [is, wanted] = [actual[key].shape.join(', '), expected[key].shape.join(', ')];
    if (is !== wanted)
      throw new InputError(`${name}: ${key} has shape [${is}], the model needs [${wanted}].`);
  }
  const unknown = Object.keys(actual).find((key) => !Object.hasOwn(expected, key));
  if (unknown !== undefined) {
    throw new InputError(
      `${name} has a parameter ${sanitizeForTerminal(unknown)} that the model does not know.`,
    );
  }
}
