import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../../../src/utils/errors.ts';
import {
  checkParameters,
  formatWeights,
  fromFileParameters,
  parseWeights,
  toFileParameters,
  type WeightsFile,
} from '../../../src/weights/weights.ts';

const file = (values: number[]): WeightsFile => ({
  format: 'backprop-zoo/weights',
  version: 1,
  model: 'gate',
  options: { gate: 'and' },
  asPrinted: false,
  classNames: ['0', '1'],
  parameters: toFileParameters(
    { weights: { shape: [values.length], values: Float64Array.from(values) } },
    'float64',
  ),
  preprocessing: { kind: 'none' },
  training: {},
  metrics: {},
});

test('values read back to the same bits', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const withoutNegativeZero = values.map((v) => v + 0);
      const read = parseWeights(formatWeights(file(withoutNegativeZero)), 'w');
      expect(Array.from(fromFileParameters(read.parameters).weights.values)).toEqual(withoutNegativeZero);
    }),
  );
});

test('a parameter’s values stand on one line', () => {
  expect(formatWeights(file([1, 2, 3]))).toContain('"values": [1,2,3]');
});

describe('what is wrong is named', () => {
  const broken = (change: (file: Record<string, never>) => void): string => {
    const copy = structuredClone(file([1, 2])) as unknown as Record<string, never>;
    change(copy);
    return JSON.stringify(copy);
  };
  test.each<[string, string, RegExp]>([
    ['no JSON', '{"format":', /w\.json is not JSON/],
    ['no class names', broken((f) => (f.classNames = [] as never)), /at classNames: expected class names/],
    ['another format', broken((f) => (f.format = 'x' as never)), /at format/],
    [
      'a missing value',
      broken((f) => (f.parameters['weights'] as { values: number[] }).values.pop()),
      /parameters\.weights/,
    ],
    [
      'null among values',
      broken((f) => ((f.parameters['weights'] as { values: unknown[] }).values[1] = null)),
      /values\.1/,
    ],
    [
      'a string shape',
      broken((f) => ((f.parameters['weights'] as { shape: unknown }).shape = '2')),
      /parameters\.weights\.shape/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => parseWeights(text, 'w.json')).toThrow(InputError);
    expect(() => parseWeights(text, 'w.json')).toThrow(message);
  });

  test('parameters of another model', () => {
    const one = { weights: { shape: [2], values: new Float64Array(2) } };
    const other = { weights: { shape: [3], values: new Float64Array(3) } };
    expect(() => checkParameters(one, other, 'w')).toThrow('w: weights has shape [2], the model needs [3].');
    expect(() => checkParameters({}, one, 'w')).toThrow('w lacks the parameter weights.');
    expect(() => checkParameters({ ...one, bias: one.weights }, one, 'w')).toThrow('a parameter bias');
  });
});
