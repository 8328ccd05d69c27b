import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../../../src/utils/errors.ts';
import { formatJson, parseJson } from '../../../src/weights/json.ts';
import { sanitizeForTerminal } from '../../../src/utils/text.ts';

describe('parseJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        expect(parseJson(text, 'x')).toEqual(JSON.parse(text));
      }),
      { seed: 1 },
    );
  });

  test.each([
    ['[1,NaN]', 'w.json has NaN; only finite numbers are allowed.'],
    ['{"a":\n-Infinity}', 'w.json has -Infinity in line 2; only finite numbers are allowed.'],
    ['{"__proto__":{"a":1}}', 'w.json has the key "__proto__", which is never data.'],
    ['[{"\\u005f_proto__":1}]', 'w.json has the key "__proto__", which is never data.'],
    ['['.repeat(33), 'w.json is refused: it has more than 32 levels of nesting.'],
    [`[${'[],'.repeat(100_001)}1]`, 'w.json is refused: it has more than 100000 lists, objects and strings.'],
    [`[${'1,'.repeat(1_000_001)}1]`, 'w.json is refused: it has more than 1000000 values.'],
    [' '.repeat(16_000_001), 'w.json is refused: it has more than 16000000 characters.'],
  ])('refuses %.20s', (text, message) => {
    expect(() => parseJson(text, 'w.json')).toThrow(new InputError(message));
  });

  test('words within strings are just text', () => {
    expect(parseJson('["NaN [[[ \\" Infinity", "__proto__"]', 'x')).toEqual([
      'NaN [[[ " Infinity',
      '__proto__',
    ]);
  });
});

describe('formatJson', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  test('every number reads back to the same bits, −0 too', () => {
    fc.assert(
      fc.property(fc.array(finite), finite, (values, single) => {
        const read = parseJson(formatJson({ values: Float64Array.from(values), single }), 'x') as {
          values: number[];
          single: number;
        };
        expect(Object.is(read.single, single)).toBe(true);
        expect(read.values.every((value, i) => Object.is(value, values[i]))).toBe(true);
      }),
      { seed: 2 },
    );
  });

  test('means what JSON.stringify means', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        fc.pre(!JSON.stringify(value).includes('-0') && !JSON.stringify(value).includes('__proto__'));
        expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 3 },
    );
    expect(formatJson({ a: undefined, b: [{ c: 1 }] })).toBe(
      '{\n  "b": [\n    {\n      "c": 1\n    }\n  ]\n}\n',
    );
  });
});

test('printable keeps a stranger’s text from writing to the terminal', () => {
  expect(sanitizeForTerminal('a\nb\x1b[31mc\u202ed')).toBe('a b?[31mc?d');
  expect(sanitizeForTerminal('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`);
});
