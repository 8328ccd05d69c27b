import type * as z from '../src/utils/schema.ts';
import { InputError } from '../src/utils/errors.ts';

/**
 * The options of one dataset out of everything that a request carries, checked, with defaults filled in.
 *
 * @throws InputError naming the option that is wrong.
 */
export function readOptions<T>(schema: z.ZodMiniType<T>, options: Record<string, unknown>): T {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new InputError(`option ${path.join('.')}: ${message}`);
}
