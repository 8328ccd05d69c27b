/** What TensorFlow.js computes with, on elements of a field. */
import type { Kernel, Kernels } from '../../float64/loops.ts';
import { elementwise as plainElementwise } from '../../float64/elementwise.ts';
import { reductions as plainReductions } from '../../float64/reduce.ts';
import type { Field } from '../field.ts';
import { functionsOf } from '../functions.ts';
import { comparisons, elementwise } from './elementwise.ts';
import { convolutions } from './convolution.ts';
import { creations, moves } from './create.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';

/** Whole numbers and truth values are no elements: the float64 backend's kernels treat them. */
const plain: Kernels = { ...plainElementwise, ...plainReductions };
const ofTruth = ['LogicalNot', 'LogicalAnd', 'LogicalOr', 'Select', 'All', 'Any'];

export function kernelsOver(field: Field): Kernels {
  const functions = functionsOf(field);
  const computing: Kernels = {
    ...elementwise(field, functions),
    ...comparisons(field),
    ...reductions(field, functions),
    ...products(field, functions),
    ...convolutions(field),
  };
  const either = (name: string, kernel: Kernel): Kernel => {
    if (!Object.hasOwn(plain, name)) return kernel;
    return (inputs, attributes) =>
      Object.values(inputs).some(({ dtype }) => dtype === 'float32')
        ? kernel(inputs, attributes)
        : plain[name](inputs, attributes);
  };
  return {
    ...creations(field),
    ...moves(field),
    ...Object.fromEntries(ofTruth.map((name) => [name, plain[name]])),
    ...Object.fromEntries(Object.entries(computing).map(([name, kernel]) => [name, either(name, kernel)])),
  };
}
