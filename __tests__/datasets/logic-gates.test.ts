import { expect, test } from '@jest/globals';
import { gateNames, logicGates } from '../../datasets/logic-gates.ts';
import { InputError } from '../../src/utils/errors.ts';
import { dataRequestWith } from '../../src/node/data-request.ts';

const load = (options: Record<string, unknown>) => logicGates.load(dataRequestWith({ options }));

const operators: Record<string, (a: number, b: number) => number> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  nand: (a, b) => 1 - (a & b),
  xor: (a, b) => a ^ b,
};

test.each(gateNames)('%s is what the operator gives, rows 00, 01, 10, 11', async (gate) => {
  const { train, test, source, standIn } = await load({ gate });
  const inputs = train.inputs.subarray(0);
  expect(Array.from(inputs)).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
  const rows = [0, 1, 2, 3].map((row) => operators[gate](inputs[2 * row], inputs[2 * row + 1]));
  expect(Array.from(train.labels)).toEqual(rows);
  expect(test).toEqual(train);
  expect({ source, standIn }).toEqual({ source: 'built-in', standIn: undefined });
});

test('the default is and', async () => {
  const { train } = await load({});
  expect(Array.from(train.labels)).toEqual([0, 0, 0, 1]);
});

test('another gate is refused by name', async () => {
  const loading = load({ gate: 'nor' });
  await expect(loading).rejects.toThrow(new InputError('option gate: expected one of and, or, nand, xor'));
});
