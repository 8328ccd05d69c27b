/**
 * Text as rows of tokens, one token a character.
 *
 * Lines are sequences of their own: each begins and ends with the boundary, whose place in the alphabet is the last. Running text is
 * one long sequence, whose rows are stretches of it.
 */
import { InputError } from '../utils/errors.ts';
import { maxSymbols } from './check-dataset.ts';
import type { Examples } from './dataset.ts';

/** What class names call the boundary. Longer than a character, so that no character is mistaken for it. */
export const boundaryName = '<end>';

/** Nothing is to be predicted here. */
const noTarget = -1;

/** The characters of some texts, sorted by code point. @throws InputError if there are too many */
export function alphabetOf(texts: Iterable<string>, name: string): string[] {
  const found = new Set<string>();
  for (const text of texts) for (const character of text) found.add(character);
  const control = [...found].find((character) => /[^\P{Cc}\n\t]/u.test(character));
  if (control !== undefined) {
    throw new InputError(
      `${name} has the control character ${JSON.stringify(control)}, as no text has: remove it.`,
    );
  }
  if (found.size === 0) throw new InputError(`${name} has no characters.`);
  if (found.size >= maxSymbols) {
    throw new InputError(
      `${name} has ${found.size} different characters; at most ${maxSymbols - 1} are possible.`,
    );
  }
  return [...found].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
}

/**
 * The tokens of a text.
 *
 * @param symbols characters in the order of their tokens
 * @throws InputError naming a character that is not among them
 */
export function encode(text: string, symbols: readonly string[], name: string): Int16Array {
  const tokens = new Map(symbols.map((symbol, token) => [symbol, token]));
  const encoded = new Int16Array(text.length);
  let length = 0;
  for (const character of text) {
    const token = tokens.get(character);
    if (token === undefined) {
      throw new InputError(
        `${name} has the character ${JSON.stringify(character)}, which the model does not know.`,
      );
    }
    encoded[length++] = token;
  }
  return encoded.subarray(0, length);
}

/** The text of a row, with what follows its last token, without boundaries. */
export function textOfRow(
  { inputs, labels, features, stride = features }: Examples,
  row: number,
  classNames: readonly string[],
): string {
  const start = row * stride;
  const last = labels.subarray(start, start + features).findLastIndex((label: number) => label >= 0);
  const tokens = [...inputs.subarray(start, start + last + 1), labels[start + last]];
  return tokens.flatMap((token) => (classNames[token] === boundaryName ? [] : classNames[token])).join('');
}

/** One sequence a row: the boundary, its tokens, and the boundary again as the last target, cut to `context` tokens. */
export function examplesFromSequences(
  sequences: readonly ArrayLike<number>[],
  boundary: number,
  context: number,
): Examples {
  const rows = sequences.length;
  const inputs = new Int16Array(rows * context);
  const labels = new Int16Array(rows * context).fill(noTarget);
  sequences.forEach((sequence, row) => {
    const length = Math.min(context, sequence.length + 1);
    for (let t = 0; t < length; t++) {
      inputs[row * context + t] = t === 0 ? boundary : sequence[t - 1];
      labels[row * context + t] = t < sequence.length ? sequence[t] : boundary;
    }
  });
  return { rows, features: context, inputs, labels, divisor: 1 };
}

/**
 * Stretches of running text: row i begins at token i·stride, and every token predicts the next one.
 *
 * @throws InputError for a text that is shorter than one row
 */
export function examplesFromText(
  tokens: Int16Array,
  context: number,
  stride: number,
  name: string,
): Examples {
  if (tokens.length <= context) {
    throw new InputError(
      `${name} has ${tokens.length} characters, too few for rows of ${context} and the next character: give a longer text.`,
    );
  }
  const rows = Math.floor((tokens.length - 1 - context) / stride) + 1;
  return { rows, features: context, stride, inputs: tokens, labels: tokens.subarray(1), divisor: 1 };
}
