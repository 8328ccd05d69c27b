/** From a valid input to a hostile one, the same for the same random state. */
import type { RandomState } from '../../src/core/random.ts';

const below = (random: RandomState, most: number): number => random.randint(0, Math.max(1, most), 1)[0];

/** What readers of text and of headers stumble over. */
const tokens = [
  'NaN', '-Infinity', '1e999', '-0', 'null', '{}', '[]', '""', '[[[[[[[[[[', '{"a":', '"__proto__":{"polluted":1},',
  '"constructor"', '\\u0000', '4294967295', '-1', '0.5', '9007199254740993', '\ufeff', '\x1b[31m', ',', '\n', '"',
  '\0\0\0\0', '\xff\xff\xff\xff', '\x7f\xff\xff\xff',
].map((token) => Buffer.from(token, 'latin1')); // prettier-ignore

type Mutation = (bytes: Buffer, at: number, random: RandomState) => Buffer;

const spliced = (bytes: Buffer, at: number, removed: number, inserted: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);

const mutations: Mutation[] = [
  // One bit, one byte.
  (bytes, at, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at] ^= 1 << below(random, 8);
    return copy;
  },
  (bytes, at, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at] = below(random, 256);
    return copy;
  },
  // Cut off, cut out, doubled.
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, random) => spliced(bytes, at, 1 + below(random, 40), Buffer.alloc(0)),
  (bytes, at, random) => spliced(bytes, at, 0, bytes.subarray(at, at + 1 + below(random, 200))),
  // A token put in, or in place of what is there.
  (bytes, at, random) => spliced(bytes, at, 0, tokens[below(random, tokens.length)]),
  (bytes, at, random) => spliced(bytes, at, 1 + below(random, 12), tokens[below(random, tokens.length)]),
  // A number replaced.
  (bytes, at, random) => {
    const text = bytes.toString('latin1');
    const number = /-?\d[\d.eE+-]*/g;
    number.lastIndex = at;
    const found = number.exec(text);
    if (!found) return bytes;
    return spliced(bytes, found.index, found[0].length, tokens[below(random, tokens.length)]);
  },
  // Noise at the beginning, where headers are.
  (bytes, _at, random) => {
    const copy = Buffer.from(bytes);
    for (let i = 0; i < 4 && copy.length > 0; i++)
      copy[below(random, Math.min(64, copy.length))] = below(random, 256);
    return copy;
  },
];

const hostileValues: unknown[] = [
  -1, 0, 0.5, 1e308, -1e39, 2 ** 32, 1e9, null, true, '', 'x'.repeat(1000), '\u001b[31m', '__proto__', 'constructor',
  [], {}, [[[[[[[[[]]]]]]]]], [1, 2, 3], [null], { shape: [1e9], values: [] }, JSON.parse('{"__proto__":{"polluted":1}}'),
]; // prettier-ignore

/** Valid JSON in which one value is another, gone, or doubled. */
export function mutateJson(valid: Uint8Array, random: RandomState): Uint8Array {
  const root = { value: JSON.parse(Buffer.from(valid).toString()) as unknown };
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const collect = (holder: Record<string, unknown>): void => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      // Long lists of numbers would crowd out everything else.
      const value = holder[key];
      if (typeof value !== 'object' || value === null) continue;
      if (Array.isArray(value) && value.length > 10) places.push({ holder: value as never, key: '1' });
      else collect(value as Record<string, unknown>);
    }
  };
  collect(root);
  const { holder, key } = places[below(random, places.length)];
  const other = places[below(random, places.length)];
  const action = below(random, 6);
  if (action === 0) delete holder[key];
  else if (action === 1) holder[key] = structuredClone(other.holder[other.key]);
  else if (action === 2) holder[`${key}x`] = holder[key];
  else if (typeof holder[key] === 'number' && action === 3) holder[key] = -holder[key];
  else holder[key] = hostileValues[below(random, hostileValues.length)];
  return Buffer.from(JSON.stringify(root.value) ?? '');
}

/** One to four mutations; one in fifty inputs is noise from beginning to end. */
export function mutate(valid: Uint8Array, random: RandomState): Uint8Array {
  if (below(random, 50) === 0) return Uint8Array.from(random.randint(0, 256, below(random, 400)));
  let bytes: Buffer = Buffer.from(valid);
  const rounds = 1 + below(random, 4);
  for (let round = 0; round < rounds; round++) {
    const mutation = mutations[below(random, mutations.length)];
    bytes = mutation(bytes, below(random, bytes.length), random);
  }
  return bytes;
}
