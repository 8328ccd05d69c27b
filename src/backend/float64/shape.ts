/** Kernels that move, copy and select elements without computing on them. */
import { allocate, cast, copy, type Kernels, type NdArray, sizeOf, stridesOf } from './loops.ts';
import { WorkError } from '../../utils/errors.ts';
import { type DataType, type TensorInfo, tf } from '../../utils/tf.ts';

function reshape(x: NdArray, shape: number[]): NdArray {
  const inferred = tf.util.inferFromImplicitShape(shape, x.values.length);
  if (sizeOf(inferred) !== x.values.length) {
    throw new WorkError(`cannot reshape [${x.shape.join(', ')}] to [${shape.join(', ')}]: the sizes differ`);
  }
  return { ...x, shape: inferred };
}

/** A copy of the elements of x that `offset` and `strides` pick. */
function pick(x: NdArray, shape: number[], strides: number[], offset = 0): NdArray {
  const result = allocate(shape, x.dtype);
  copy(shape, { values: x.values, strides, offset }, { values: result.values, strides: stridesOf(shape) });
  return result;
}

export function transpose(x: NdArray, permutation: number[]): NdArray {
  const strides = stridesOf(x.shape);
  return pick(
    x,
    permutation.map((d) => x.shape[d]),
    permutation.map((d) => strides[d]),
  );
}

function slice(x: NdArray, begin: number[], shape: number[]): NdArray {
  const strides = stridesOf(x.shape);
  return pick(
    x,
    shape,
    strides,
    strides.reduce((offset, stride, d) => offset + begin[d] * stride, 0),
  );
}

/** Writes x into `target` with its first element at `begin`. */
function place(x: NdArray, target: NdArray, begin: number[]): void {
  const strides = stridesOf(target.shape);
  const offset = strides.reduce((sum, stride, d) => sum + begin[d] * stride, 0);
  copy(
    x.shape,
    { values: x.values, strides: stridesOf(x.shape) },
    { values: target.values, strides, offset },
  );
}

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const expandDims = (x: NdArray, axis: number): NdArray => ({
  ...x,
  shape: x.shape.toSpliced(axisOf(axis, x.shape.length + 1), 0, 1),
});

function concat(parts: NdArray[], axis: number): NdArray {
  const d = axisOf(axis, parts[0].shape.length);
  const shape = tf.backend_util.computeOutShape(
    parts.map((part) => part.shape),
    d,
  );
  const result = allocate(shape, parts[0].dtype);
  const begin = shape.map(() => 0);
  for (const part of parts) {
    place(part, result, begin);
    begin[d] += part.shape[d];
  }
  return result;
}

/** Parts of the given lengths, one after the other along a dimension. */
function split(x: NdArray, lengths: number[], d: number): NdArray[] {
  const begin = x.shape.map(() => 0);
  return lengths.map((length) => {
    const part = slice(x, begin, x.shape.with(d, length));
    begin[d] += length;
    return part;
  });
}

/** Each dimension becomes a pair: repetitions, which do not move in the source, and the dimension itself. */
function tile(x: NdArray, repetitions: number[]): NdArray {
  const strides = stridesOf(x.shape);
  const pairs = x.shape.flatMap((length, d) => [repetitions[d], length]);
  const steps = strides.flatMap((stride) => [0, stride]);
  return { ...pick(x, pairs, steps), shape: x.shape.map((length, d) => length * repetitions[d]) };
}

function gather(x: NdArray, indices: NdArray, axis: number, batchDims: number): NdArray {
  const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(
    x as unknown as TensorInfo,
    indices as unknown as TensorInfo,
    axisOf(axis, x.shape.length),
    batchDims,
  );
  const { batchSize, outerSize, dimSize, sliceSize } = info;
  const result = allocate(info.outputShape, x.dtype);
  const count = indices.values.length / batchSize;
  for (let block = 0, target = 0; block < batchSize * outerSize; block++) {
    const batch = Math.floor(block / outerSize);
    for (let i = 0; i < count; i++, target += sliceSize) {
      const index = indices.values[batch * count + i];
      if (index < 0 || index >= dimSize) {
        throw new WorkError(`gather: index ${index} is not in [0, ${dimSize - 1}]`);
      }
      const source = (block * dimSize + index) * sliceSize;
      result.values.set(x.values.subarray(source, source + sliceSize), target);
    }
  }
  return result;
}

/** The gradient of `gather`: adds row i of x to row `segmentIds[i]` of the result. */
export function unsortedSegmentSum(
  { x, segmentIds }: Record<string, NdArray>,
  { numSegments }: { numSegments: number },
  add = (a: number, b: number) => a + b,
): NdArray {
  const result = allocate([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const rowLength = x.values.length / segmentIds.values.length;
  segmentIds.values.forEach((segment, row) => {
    if (segment < 0 || segment >= numSegments) return;
    for (let i = 0; i < rowLength; i++) {
      const at = segment * rowLength + i;
      result.values[at] = add(result.values[at], x.values[row * rowLength + i]);
    }
  });
  return result;
}

export const shapes: Kernels = {
  Cast: ({ x }, { dtype }: { dtype: DataType }) => cast(x, dtype),
  Concat: (parts, { axis }: { axis: number }) => concat(Object.values(parts), axis),
  ExpandDims: ({ input }, { dim }: { dim: number }) => expandDims(input, dim),
  GatherV2: ({ x, indices }, { axis, batchDims }: { axis: number; batchDims?: number }) =>
    gather(x, indices, axis, batchDims ?? 0),
  Identity: ({ x }) => x,
  Pack: (parts, { axis }: { axis: number }) => {
    const expanded = Object.values(parts).map((part) => expandDims(part, axis));
    return concat(expanded, axisOf(axis, expanded[0].shape.length));
  },
  PadV2: ({ x }, { paddings, constantValue }: { paddings: [number, number][]; constantValue: number }) => {
    const shape = x.shape.map((length, d) => paddings[d][0] + length + paddings[d][1]);
    const result = allocate(shape, x.dtype);
    result.values.fill(constantValue);
    place(
      x,
      result,
      paddings.map(([before]) => before),
    );
    return result;
  },
  Reshape: ({ x }, { shape }: { shape: number[] }) => reshape(x, shape),
  Reverse: ({ x }, { dims }: { dims: number | number[] }) => {
    const reversed = new Set(tf.util.parseAxisParam(dims, x.shape));
    const strides = stridesOf(x.shape);
    const last = strides.reduce((at, stride, d) => at + (reversed.has(d) ? (x.shape[d] - 1) * stride : 0), 0);
    return pick(
      x,
      x.shape,
      strides.map((stride, d) => (reversed.has(d) ? -stride : stride)),
      last,
    );
  },
  Slice: ({ x }, { begin, size }: { begin: number | number[]; size: number | number[] }) => {
    const info = x as unknown as TensorInfo;
    const [start, shape] = tf.slice_util.parseSliceParams(info, begin, size);
    tf.slice_util.assertParamsValid(info, start, shape);
    return slice(x, start, shape);
  },
  SplitV: ({ x }, { numOrSizeSplits, axis }: { numOrSizeSplits: number | number[]; axis: number }) => {
    const d = axisOf(axis, x.shape.length);
    return split(x, tf.backend_util.prepareSplitSize(x as never, numOrSizeSplits, d), d);
  },
  Tile: ({ x }, { reps }: { reps: number[] }) => tile(x, reps),
  Transpose: ({ x }, { perm }: { perm: number[] }) => transpose(x, perm),
  Unpack: ({ value }, { axis }: { axis: number }) => {
    const d = axisOf(axis, value.shape.length);
    const ones = new Array<number>(value.shape[d]).fill(1);
    return split(value, ones, d).map((part) => ({ ...part, shape: part.shape.toSpliced(d, 1) }));
  },
  UnsortedSegmentSum: (inputs, attributes: { numSegments: number }) => unsortedSegmentSum(inputs, attributes),
};

const filled = (shape: number[], dtype: DataType, value: number): NdArray => {
  const result = allocate(shape, dtype);
  result.values.fill(value);
  return result;
};

type OneHot = { depth: number; onValue: number; offValue: number; dtype: DataType };
function oneHot(indices: NdArray, { depth, onValue, offValue, dtype }: OneHot): NdArray {
  const result = filled([...indices.shape, depth], dtype, offValue);
  indices.values.forEach((index, row) => {
    if (index >= 0 && index < depth) result.values[row * depth + index] = onValue;
  });
  return result;
}

type Range = { start: number; stop: number; step: number; dtype: DataType };
function range({ start, stop, step, dtype }: Range): NdArray {
  // The op gives no sign to a default step.
  const signed = stop < start && step === 1 ? -1 : step;
  const result = allocate([Math.max(0, Math.ceil((stop - start) / signed))], dtype);
  for (let i = 0; i < result.values.length; i++) result.values[i] = start + i * signed;
  return result;
}

export const creations: Kernels = {
  Fill: (_, { shape, value, dtype }: { shape: number[]; value: number; dtype?: DataType }) =>
    filled(shape, dtype ?? 'float32', value),
  LinSpace: (_, { start, stop, num }: { start: number; stop: number; num: number }) => {
    const result = range({ start: 0, stop: num, step: 1, dtype: 'float32' });
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    return { ...result, values: result.values.map((i) => start + i * step) };
  },
  OneHot: ({ indices }, attributes: OneHot) => oneHot(indices, attributes),
  OnesLike: ({ x }) => filled(x.shape, x.dtype, 1),
  Range: (_, attributes: Range) => range(attributes),
  ZerosLike: ({ x }) => allocate(x.shape, x.dtype),
};
