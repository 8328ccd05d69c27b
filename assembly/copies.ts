/**
 * Numbers as they are, elsewhere.
 */

/** Copies rows of `bytes` bytes, which lie `fromRow` apart, to where they lie `toRow` apart. */
export function copySpaced(
  from: usize,
  fromRow: usize,
  bytes: usize,
  to: usize,
  toRow: usize,
  rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes);
    from += fromRow;
    to += toRow;
  }
}

/** Copies those of the blocks of `bytes` bytes that the whole numbers `indices` name, one behind the other. */
export function gather(from: usize, bytes: usize, indices: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    memory.copy(to, from + <usize>load<i32>(indices) * bytes, bytes);
    indices += 4;
    to += bytes;
  }
}

/** Copies `bytes` bytes `times` times, one behind the other. */
export function repeat(from: usize, bytes: usize, to: usize, times: i32): void {
  const total = <usize>times * bytes;
  memory.copy(to, from, bytes);
  for (let done = bytes; done < total; done <<= 1) memory.copy(to + done, to, min(done, total - done));
}

/** `out[columns, rows]` of `[rows, columns]`, whose rows are `fromRow` apart. */
export function transpose(
  from: usize,
  fromRow: usize,
  rows: i32,
  columns: i32,
  out: usize,
  outRow: usize,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      store<f32>(out + <usize>column * outRow, load<f32>(from + ((<usize>column) << 2)));
    }
    from += fromRow;
    out += 4;
  }
}
