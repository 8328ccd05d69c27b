/**
 * weights.json: trained parameters with all that is needed to use them, in plain JSON.
 * Numbers are written so that they read back to the same bits.
 */
import { z } from 'zod';
import type { Preprocessing } from './dataset.ts';
import { InputError } from './errors.ts';
import type { ParameterSet } from './parameters.ts';

const finite = z.number();

const parameterSchema = z
  .object({
    shape: z.array(z.int().min(0)).max(8),
    dtype: z.enum(['float32', 'float64']),
    values: z.array(finite),
  })
  .refine(({ shape, values }) => values.length === shape.reduce((product, length) => product * length, 1), {
    message: 'has another number of values than its shape says',
  });

const preprocessingSchema: z.ZodType<Preprocessing> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('image'),
    height: z.int().min(1).max(4096),
    width: z.int().min(1).max(4096),
    channels: z.int().min(1).max(4),
    divisor: finite,
  }),
  z.object({ kind: z.literal('standardise'), mean: z.array(finite), scale: z.array(finite) }),
]);

const optionSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.number())]);

const weightsSchema = z.object({
  format: z.literal('backprop-zoo/weights'),
  version: z.literal(1),
  model: z.string(),
  /** The model's options, so that the same network can be built again. */
  options: z.record(z.string(), optionSchema).default({}),
  asPrinted: z.boolean().default(false),
  classNames: z.array(z.string()).min(2).max(1000),
  parameters: z.record(z.string(), parameterSchema),
  preprocessing: preprocessingSchema,
  training: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.unknown()),
});

export type WeightsFile = z.infer<typeof weightsSchema>;

/** Parameters in the form of the file. `dtype` is the precision they were trained in. */
export function toFileParameters(set: ParameterSet, dtype: 'float32' | 'float64'): WeightsFile['parameters'] {
  return Object.fromEntries(
    Object.entries(set).map(([name, { shape, values }]) => [
      name,
      { shape, dtype, values: Array.from(values) },
    ]),
  );
}

export function fromFileParameters(parameters: WeightsFile['parameters']): ParameterSet {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => [
      name,
      { shape, values: Float64Array.from(values) },
    ]),
  );
}

/** JSON of a weights file: indented, but each parameter's values on one line. */
export function formatWeights(file: WeightsFile): string {
  const lists: string[] = [];
  const marked = JSON.stringify(
    file,
    (key, value: unknown) =>
      key === 'values' && Array.isArray(value) ? `@values ${lists.push(JSON.stringify(value)) - 1}` : value,
    2,
  );
  return marked.replace(/"@values (\d+)"/g, (_, index: string) => lists[Number(index)]) + '\n';
}

/**
 * Reads and checks the text of a weights file.
 *
 * @param name what to call the file in messages
 * @throws InputError that says where the file is wrong
 */
export function parseWeights(text: string, name: string): WeightsFile {
  const checked = weightsSchema.safeParse(parseJson(text, name));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue.path.length > 0 ? issue.path.join('.') : 'the top level';
  throw new InputError(`${name} is not a valid weights file: at ${place}: ${issue.message}.`);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name} is not JSON: ${(error as Error).message}.`);
  }
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
  if (unknown) throw new InputError(`${name} has a parameter ${unknown} that the model does not know.`);
}
