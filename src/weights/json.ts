/**
 * JSON from files and pipes is untrusted input: its size is checked before anything is built from it.
 */
import { InputError } from '../utils/errors.ts';
import { sanitizeForTerminal } from '../utils/text.ts';

/** What a text may hold at most, so that its size on disk bounds the memory that it takes. */
export interface JsonLimits {
  characters: number;
  /** How deep lists and objects may be nested. */
  depth: number;
  /** Lists, objects and strings, each of which costs far more memory than text. */
  parts: number;
  /** Commas, that is nearly: values. */
  values: number;
}

const defaultLimits: JsonLimits = { characters: 16e6, depth: 32, parts: 100_000, values: 1e6 };

/**
 * Parses JSON of bounded size and depth. The key `__proto__` is refused, as are NaN and Infinity, by name.
 *
 * @param name what to call the text in messages
 * @throws InputError in one sentence
 */
export function parseJson(text: string, name: string, limits: Partial<JsonLimits> = {}): unknown {
  checkLimits(text, name, { ...defaultLimits, ...limits });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name} is not JSON: ${sanitizeForTerminal((error as Error).message)}.`);
  }
  // Only an escape sequence can hide the key from a search of the text.
  if ((text.includes('__proto__') || text.includes('\\u')) && hasForbiddenKey(value)) {
    throw new InputError(`${name} has the key "__proto__", which is never data.`);
  }
  return value;
}

const code = { quote: 34, comma: 44, minus: 45, I: 73, N: 78, open: 91, backslash: 92, close: 93 };
const [openBrace, closeBrace] = [123, 125];

function checkLimits(text: string, name: string, limits: JsonLimits): void {
  const refuse = (what: string, most: number): never => {
    throw new InputError(`${name} is refused: it has more than ${most} ${what}.`);
  };
  if (text.length > limits.characters) refuse('characters', limits.characters);
  let [depth, parts, values] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case code.quote:
        if (++parts > limits.parts) refuse('lists, objects and strings', limits.parts);
        i = endOfString(text, i);
        break;
      case code.open:
      case openBrace:
        if (++depth > limits.depth) refuse('levels of nesting', limits.depth);
        if (++parts > limits.parts) refuse('lists, objects and strings', limits.parts);
        break;
      case code.close:
      case closeBrace:
        depth--;
        break;
      case code.comma:
        if (++values > limits.values) refuse('values', limits.values);
        break;
      case code.I:
      case code.N:
        refuseNonFinite(text, i, name);
    }
  }
}

/** Where the string that opens at `start` closes, or the text ends. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === code.backslash) i++;
    else if (c === code.quote) return i;
  }
  return text.length;
}

function refuseNonFinite(text: string, at: number, name: string): void {
  const word = /^NaN|^Infinity/.exec(text.slice(at, at + 8))?.[0];
  if (!word) return;
  const sign = text.charCodeAt(at - 1) === code.minus ? '-' : '';
  const line = text.includes('\n') ? ` in line ${text.slice(0, at).split('\n').length}` : '';
  throw new InputError(`${name} has ${sign}${word}${line}; only finite numbers are allowed.`);
}

function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!Array.isArray(value) && Object.hasOwn(value, '__proto__')) return true;
  return Object.values(value).some(hasForbiddenKey);
}

/** JSON for files: indented by two, a list of numbers on one line, every number reading back to the same bits. */
export const formatJson = (value: object): string => `${format(value, '\n')}\n`;

function format(value: unknown, lineStart: string): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = `${lineStart}  `;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const list = Array.from(value as unknown as ArrayLike<unknown>);
    if (list.every((item) => typeof item === 'number')) return `[${list.map(numberText).join(',')}]`;
    return `[${list.map((item) => inner + format(item, inner)).join(',')}${lineStart}]`;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${format(item, inner)}`);
  return `{${lines.join(',')}${lineStart}}`;
}

/** JSON has a −0, which `JSON.stringify` drops, but no NaN. */
const numberText = (value: number): string =>
  Object.is(value, -0) ? '-0' : Number.isFinite(value) ? String(value) : 'null';
