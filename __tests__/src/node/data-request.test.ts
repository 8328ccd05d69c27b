import { afterEach, expect, test } from '@jest/globals';
import { dataRequestWith } from '../../../src/node/data-request.ts';
import { InputError } from '../../../src/core/errors.ts';

const before = process.env.ZOO_DATA_MEMORY;
afterEach(() => {
  if (before === undefined) delete process.env.ZOO_DATA_MEMORY;
  else process.env.ZOO_DATA_MEMORY = before;
});

test('the memory for data: half a gigabyte, or what the environment says, or the caller', () => {
  delete process.env.ZOO_DATA_MEMORY;
  expect(dataRequestWith().dataMemory).toBe(512 * 2 ** 20);
  process.env.ZOO_DATA_MEMORY = '128';
  expect(dataRequestWith().dataMemory).toBe(128 * 2 ** 20);
  expect(dataRequestWith({ dataMemory: 5000 }).dataMemory).toBe(5000);
  process.env.ZOO_DATA_MEMORY = '';
  expect(dataRequestWith().dataMemory).toBe(512 * 2 ** 20);
});

test.each([
  ['lots', 'not text'],
  ['-1', 'not -1'],
  ['1.5', 'not 1.5'],
  ['2048', 'not 2048'],
])('ZOO_DATA_MEMORY=%s is refused', (given, problem) => {
  process.env.ZOO_DATA_MEMORY = given;
  expect(dataRequestWith).toThrow(
    new InputError(`ZOO_DATA_MEMORY takes a whole number from 0 to 2047, ${problem}.`),
  );
});

test.each([NaN, -1, 2 ** 40])('%d bytes are refused', (dataMemory) => {
  expect(() => dataRequestWith({ dataMemory })).toThrow(
    /^dataMemory takes a number from 0 to 2146435072, not /,
  );
});
