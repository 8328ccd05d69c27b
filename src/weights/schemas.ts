/**
 * Parts of schemas that several files share. They check a list as a whole and report its first fault only: a message for
 * each of a million bad entries would take more memory than the file. What weights.json does not need is in run-record.ts:
 * a bundler cannot drop an unused schema.
 */
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { sanitizeForTerminal } from '../utils/text.ts';

/** A list of finite numbers. */
export const finiteNumbers = z.pipe(
  z.unknown(),
  z.transform((value, context): number[] => {
    if (!Array.isArray(value)) {
      context.issues.push({ code: 'custom', message: 'expected a list of numbers', input: value });
      return z.NEVER;
    }
    const bad = value.findIndex((v) => !Number.isFinite(v));
    if (bad < 0) return value as number[];
    const found: unknown = value[bad];
    const what = typeof found === 'number' ? String(found) : found === null ? 'null' : `a ${typeof found}`;
    context.issues.push({
      code: 'custom',
      path: [bad],
      message: `expected a finite number, received ${what}`,
      input: value,
    });
    return z.NEVER;
  }),
);

/** A list of at most `most` things, counted before they are looked at. */
export const listOf = <T extends z.ZodMiniType>(item: T, most: number) =>
  z.pipe(
    z.unknown().check(
      z.refine((value) => Array.isArray(value) && value.length <= most, {
        message: `expected a list of at most ${most} entries`,
        abort: true,
      }),
    ),
    z.array(item),
  );

/** Text that may be shown on a terminal. */
export const plainText = z
  .string()
  .check(z.maxLength(500), z.regex(/^[^\p{Cc}]*$/u, 'has control characters'));

/** Row-major numbers and their shape. */
export const tensorShape = { shape: listOf(z.int().check(z.minimum(0)), 8), values: finiteNumbers };
export const tensorSchema = z.object(tensorShape);

export const isOfItsShape = z.refine<z.infer<typeof tensorSchema>>(
  ({ shape, values }) => values.length === shape.reduce((product, length) => product * length, 1),
  { message: 'has another number of values than its shape says' },
);

/**
 * A value that a schema accepts.
 *
 * @param what the kind of file, for the message
 * @throws InputError that says where the value is wrong
 */
export function checked<T>(schema: z.ZodMiniType<T>, value: unknown, name: string, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue.path.length > 0 ? sanitizeForTerminal(issue.path.join('.')) : 'the top level';
  throw new InputError(`${name} is not a valid ${what}: at ${place}: ${sanitizeForTerminal(issue.message)}.`);
}
