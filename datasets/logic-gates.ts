/**
 * The truth tables of document 004: two inputs, one output, four rows.
 */
import * as z from '../src/utils/schema.ts';
import type { Dataset, Examples } from '../src/data/dataset.ts';
import { readOptions } from './options.ts';

/** Outputs for the inputs 00, 01, 10, 11. */
const truthTables = {
  and: [0, 0, 0, 1],
  or: [0, 1, 1, 1],
  nand: [1, 1, 1, 0],
  xor: [0, 1, 1, 0],
} as const;

export type Gate = keyof typeof truthTables;

export const gateNames = Object.keys(truthTables) as Gate[];

const schema = z.object({
  gate: z._default(z.enum(gateNames, { error: `expected one of ${gateNames.join(', ')}` }), 'and'),
});

/** The four rows of a gate, in the order 00, 01, 10, 11. */
export function truthTable(gate: Gate): Examples {
  return {
    rows: 4,
    features: 2,
    inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
    divisor: 1,
    labels: Uint8Array.from(truthTables[gate]),
  };
}

/** Option `gate`: and (default), or, nand, xor. Nothing is held back: the test rows are the training rows. */
export const logicGates: Dataset = {
  name: 'logic-gates',
  title: 'truth tables of AND, OR, NAND and XOR',
  load({ options }) {
    return Promise.resolve().then(() => {
      const table = truthTable(readOptions(schema, options).gate);
      return {
        name: 'logic-gates',
        source: 'built-in',
        files: [],
        classNames: ['0', '1'],
        preprocessing: { kind: 'none' },
        train: table,
        test: table,
      };
    });
  },
};
