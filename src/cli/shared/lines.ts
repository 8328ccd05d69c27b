import { InputError } from '../../utils/errors.ts';

/**
 * The lines of a stream of UTF-8, one after the other. A line that never ends takes no more memory than the longest
 * that is allowed.
 *
 * @throws InputError that names the line which is too long or no UTF-8
 */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  longest: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending = '';
  let number = 1;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new InputError(`line ${number} of the input is not text in UTF-8.`);
    }
  };
  const checked = (line: string): string => {
    if (line.length > longest)
      throw new InputError(`line ${number} of the input is longer than ${longest} characters.`);
    return line;
  };
  for await (const chunk of stream) {
    const lines = (pending + decode(chunk)).split('\n');
    pending = lines.pop()!;
    for (const line of lines) {
      yield checked(line);
      number++;
    }
    checked(pending);
  }
  pending += decode();
  if (pending !== '') yield checked(pending);
}
