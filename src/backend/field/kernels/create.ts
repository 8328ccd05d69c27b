/** Kernels that make elements of plain numbers, and those that move elements about, which are the float64 backend's. */
import type { DataType } from '../../../utils/tf.ts';
import { allocate, cast, type Kernel, type Kernels, type NdArray } from '../../float64/loops.ts';
import { creations as plain, shapes, unsortedSegmentSum } from '../../float64/shape.ts';
import { UnsupportedError } from '../../kernels.ts';
import type { Field } from '../field.ts';

/** Numbers as elements, where they count as floating-point numbers. */
export const encode = (field: Field, x: NdArray): NdArray =>
  x.dtype === 'float32' ? { ...x, values: Float64Array.from(x.values, (value) => field.constant(value)) } : x;

export function creations(field: Field): Kernels {
  /** What a kernel makes out of nothing, encoded. */
  const encoded =
    (name: string): Kernel =>
    (inputs, attributes) =>
      encode(field, plain[name](inputs, attributes) as NdArray);

  return {
    ...Object.fromEntries(Object.keys(plain).map((name) => [name, encoded(name)])),
    Cast: ({ x }, { dtype }: { dtype: DataType }) => {
      if (x.dtype === dtype) return x;
      if (dtype === 'float32') return encode(field, cast(x, dtype));
      if (x.dtype !== 'float32') return cast(x, dtype);
      if (dtype !== 'bool') throw new UnsupportedError('an element of a field has no whole part');
      const result = allocate(x.shape, dtype);
      x.values.forEach((element, i) => (result.values[i] = Math.abs(field.decide(element))));
      return result;
    },
  };
}

const { PadV2, Cast: _, ...moving } = shapes;

export const moves = (field: Field): Kernels => ({
  ...moving,
  PadV2: (inputs, attributes: { paddings: [number, number][]; constantValue: number }) =>
    PadV2(inputs, {
      ...attributes,
      constantValue:
        inputs.x.dtype === 'float32' ? field.constant(attributes.constantValue) : attributes.constantValue,
    } as never),
  UnsortedSegmentSum: (inputs, attributes: { numSegments: number }) =>
    unsortedSegmentSum(inputs, attributes, (a, b) => field.add(a, b)),
});
