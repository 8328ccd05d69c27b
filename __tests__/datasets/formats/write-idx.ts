/** An IDX file of unsigned bytes, right or, for tests of readers, wrong: nothing is checked. */
export function writeIdx(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + values.length);
  file.set([0, 0, 8, shape.length]);
  const view = new DataView(file.buffer);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  file.set(values, 4 + 4 * shape.length);
  return file;
}
