import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { InputError } from '../../../../src/utils/errors.ts';
import type { Arrays } from '../../../../src/data/formats/arrays.ts';
import { parseNpy } from '../../../../src/data/formats/npy.ts';
import { decodeNpz, encodeNpz } from '../../../../src/data/formats/npz.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../../src/weights/formats/safetensors.ts';
import { exportModel } from '../../../../src/weights/export/export-model.ts';
import { savedZoo } from '../../../helpers/saved.ts';

const arrayOf = (dtype: 'float32' | 'float64') =>
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const value = dtype === 'float32' ? fc.float({ noNaN: true }) : fc.double({ noNaN: true });
    return fc.array(value, { minLength: size, maxLength: size }).map((values) => ({ shape, dtype, values }));
  });
const someArrays = fc.dictionary(
  fc
    .string({ minLength: 1 })
    .filter((name) => name !== '__proto__' && name !== '__metadata__' && !name.endsWith('/')),
  fc.oneof(arrayOf('float32'), arrayOf('float64')),
  { maxKeys: 5 },
);

const plain = (arrays: Arrays) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, dtype, values }]) => [
      name,
      [dtype, [...shape], Array.from(values).map((value) => (Object.is(value, -0) ? '-0' : value))],
    ]),
  );

test('what is written as safetensors reads back to the bits', () => {
  fc.assert(
    fc.property(someArrays, fc.dictionary(fc.string(), fc.string()), (arrays, metadata) => {
      fc.pre(!Object.keys(metadata).includes('__proto__'));
      const bytes = encodeSafetensors({ arrays, metadata });
      const read = decodeSafetensors(bytes, 'it');
      expect(plain(read.arrays)).toEqual(plain(arrays));
      expect(read.metadata).toEqual({ ...metadata });
      // Every array at a multiple of its width.
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(length % 8).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test('what is written as .npz reads back to the bits', () => {
  fc.assert(
    fc.property(someArrays, (arrays) => {
      fc.pre(Object.keys(arrays).every((name) => /^[\w. -]+$/.test(name)));
      expect(plain(decodeNpz(encodeNpz(arrays), 'it'))).toEqual(plain(arrays));
    }),
    { numRuns: 100 },
  );
});

test('equal arrays make equal bytes', () => {
  const arrays = { a: { shape: [2], dtype: 'float64', values: [1, -0] } } as const;
  expect(encodeNpz(arrays)).toEqual(encodeNpz(arrays));
});

const bytesOfHeader = (header: object, data = new Uint8Array(8)): Uint8Array => {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
};
const entry = (start: number, end: number, dtype = 'F32', shape = [(end - start) / 4]) => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

test.each<[string, number, (number | bigint)[], number[]]>([
  // Half precision: the smallest and largest below 2⁻¹⁴, 2⁻¹⁴ itself, the largest of all, infinities, −0.
  [
    'F16',
    2,
    [1, 0x3ff, 0x400, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x8000],
    [2 ** -24, 1023 * 2 ** -24, 2 ** -14, -2, 65504, Infinity, -Infinity, -0],
  ],
  ['BF16', 2, [1, 0x3f80, 0xc049, 0xff80], [2 ** -133, 1, -3.140625, -Infinity]],
  ['I8', 1, [0x7f, 0x80], [127, -128]],
  ['U8', 1, [0x7f, 0x80], [127, 128]],
  ['I16', 2, [0x0102, 0xfffe], [258, -2]],
  ['I32', 4, [0x01020304, 0xfffffffe], [16909060, -2]],
  ['I64', 8, [0x0000010000000001n, 0xfffffffffffffffen], [2 ** 40 + 1, -2]],
])('%s is read bit by bit', (dtype, width, bits, values) => {
  const view = new DataView(new ArrayBuffer(width * bits.length));
  const put = { 1: 'setUint8', 2: 'setUint16', 4: 'setUint32', 8: 'setBigUint64' }[width] as 'setUint16';
  bits.forEach((each, i) => view[put](width * i, each as number, true));
  const bytes = bytesOfHeader(
    { a: { dtype, shape: [bits.length], data_offsets: [0, view.byteLength] } },
    new Uint8Array(view.buffer),
  );
  expect(Array.from(decodeSafetensors(bytes, 'it').arrays.a.values)).toEqual(values);
});

describe('invalid safetensors files', () => {
  test.each([
    ['shorter than its prefix', new Uint8Array(3), 'cut short'],
    ['with a header beyond its end', new Uint8Array(8).fill(255), 'cut short'],
    ['with a header of two megabytes', bytesOfHeader({ a: 'x'.repeat(2e6) }), 'more than 1000000'],
    ['with a header that is no JSON', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b]), 'not JSON'],
    ['with a header that is no text', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe]), 'not text'],
    ['with a header that is a list', bytesOfHeader([]), 'their.safetensors is not a valid safetensors file'],
    ['with an array outside', bytesOfHeader({ a: entry(0, 400) }), 'outside'],
    ['with arrays that overlap', bytesOfHeader({ a: entry(0, 8), b: entry(4, 8) }), 'overlap or leave gaps'],
    ['with a hole', bytesOfHeader({ a: entry(0, 4) }), 'overlap or leave gaps'],
    ['with another shape', bytesOfHeader({ a: entry(0, 8, 'F32', [3]) }), 'which do not fit float32'],
    [
      'with a shape beyond all numbers',
      bytesOfHeader({ a: entry(0, 8, 'F32', [1e15, 1e15]) }),
      'which do not fit',
    ],
    ['with negative offsets', bytesOfHeader({ a: entry(-4, 4) }), 'not a valid'],
    ['with an unknown type', bytesOfHeader({ a: entry(0, 8, 'F8_E4M3') }), 'type F8_E4M3'],
    ['with numbers as metadata', bytesOfHeader({ __metadata__: { a: 1 }, b: entry(0, 8) }), 'not a valid'],
  ])('%s are refused in a sentence', (_, bytes, words) => {
    expect(() => decodeSafetensors(bytes, 'their.safetensors')).toThrow(InputError);
    expect(() => decodeSafetensors(bytes, 'their.safetensors')).toThrow(words);
  });
});

const script = `import base64, io, json, numpy as np
def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return base64.b64encode(file.getvalue()).decode()
a = np.arange(24).reshape(2, 3, 4) / 7
numbers = npz(c=a, f=np.asfortranarray(a), half=a.astype('f2'), single=a.astype('f4'),
              whole=np.arange(-3, 3), byte=np.arange(3, dtype='u1'), scalar=np.float64(2.5))
print(json.dumps([numbers, npz(many='')]))`;
const numpy = spawnSync('python3', ['-c', script], { encoding: 'utf8' });
if (numpy.status !== 0) console.info('SKIPPED: arrays that NumPy writes, python3 with NumPy is missing.');

(numpy.status === 0 ? test : test.skip)(
  'arrays that NumPy writes are read, in either order and of every width',
  () => {
    const [numbers, text] = (JSON.parse(numpy.stdout) as string[]).map((file) => Buffer.from(file, 'base64'));
    const read = decodeNpz(numbers, 'it');
    const a = Array.from({ length: 24 }, (_, i) => i / 7);
    expect(plain(read)).toMatchObject({
      c: ['float64', [2, 3, 4], a],
      f: ['float64', [2, 3, 4], a],
      single: ['float32', [2, 3, 4], a.map(Math.fround)],
      whole: ['float32', [6], [-3, -2, -1, 0, 1, 2]],
      byte: ['float32', [3], [0, 1, 2]],
      scalar: ['float64', [], [2.5]],
    });
    Array.from(read.half.values).forEach((value, i) => expect(Math.abs(value - a[i])).toBeLessThan(2e-3));
    expect(() => decodeNpz(text, 'it')).toThrow('the array many has texts, expected numbers');
  },
);

test('an archive that unpacks to more than a model can have is refused before it is unpacked', () => {
  const bytes = encodeNpz({ a: { shape: [1], dtype: 'float64', values: [1] } });
  // The size after unpacking stands in the directory at the end, and before the content.
  const claimed = bytes.slice();
  const view = new DataView(claimed.buffer);
  for (let i = 0; i + 4 < claimed.length; i++) {
    const signature = view.getUint32(i, true);
    if (signature === 0x04034b50) view.setUint32(i + 22, 2 ** 31, true);
    if (signature === 0x02014b50) view.setUint32(i + 24, 2 ** 31, true);
  }
  expect(() => decodeNpz(claimed, 'it')).toThrow('unpacks to more than');
  expect(() => parseNpy(bytes, 'it')).toThrow('not a valid NumPy array');
});

test.each(['npz', 'safetensors'] as const)(
  'damaged %s files are refused in a sentence, or read as something else, but do no harm',
  async (format) => {
    const [whole] = Object.values((await exportModel(savedZoo['breast-cancer'](), format)).files) as [
      Uint8Array,
    ];
    const decode = { npz: decodeNpz, safetensors: decodeSafetensors }[format];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(whole.length),
        fc.boolean(),
        (changes, end, isCut) => {
          const bytes = whole.slice(0, isCut ? end : undefined);
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
          try {
            decode(bytes, 'it');
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            expect((error as Error).message).toMatch(/^(The header of )?it/);
          }
          expect(Object.keys(Object.prototype)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  },
);
