/** The functions that a JavaScript module may need beside its model, as text. */
import { binary, isBinary, isUnary, unary, type Op } from './graph.ts';

const parts: Record<string, string> = {
  sizeOf: `const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);`,

  stepsOf: `/** How far apart neighbors along each axis lie. */
const stepsOf = (shape) => shape.map((_, d) => sizeOf(shape.slice(d + 1)));`,

  fromPlaces: `/** A tensor of a shape, each value from the index of its place. */
function fromPlaces(shape, valueAt) {
  const values = new Float64Array(sizeOf(shape));
  const at = shape.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    values[i] = valueAt(at);
    for (let d = shape.length - 1; d >= 0 && ++at[d] === shape[d]; d--) at[d] = 0;
  }
  return { shape, values };
}`,

  map: `const map = ({ shape, values }, f) => ({ shape, values: Float64Array.from(values, f) });`,

  combine: `/** Value by value; the smaller one is repeated, as NumPy does it. */
function combine(a, b, f) {
  const [p, q] = [a, b].map((x) => (typeof x === 'number' ? { shape: [], values: [x] } : x));
  const ends = (long, short) => short.every((length, i) => length === long[long.length - short.length + i]);
  const [n, m] = [p.values.length, q.values.length];
  if (ends(p.shape, q.shape)) return map(p, (v, i) => f(v, q.values[i % m]));
  if (ends(q.shape, p.shape)) return map(q, (w, i) => f(p.values[i % n], w));
  const rank = Math.max(p.shape.length, q.shape.length);
  const full = [p, q].map(({ shape }) => [...Array(rank - shape.length).fill(1), ...shape]);
  const [left, right] = full.map((shape) => stepsOf(shape).map((step, d) => (shape[d] === 1 ? 0 : step)));
  const place = (at, steps) => at.reduce((sum, i, d) => sum + i * steps[d], 0);
  const shape = full[0].map((length, d) => (length === 1 ? full[1][d] : length));
  return fromPlaces(shape, (at) => f(p.values[place(at, left)], q.values[place(at, right)]));
}`,

  reduce: `/** Folds the axes away, or to length 1. */
function reduce(x, axes, keep, first, f) {
  const steps = stepsOf(x.shape.map((length, d) => (axes.includes(d) ? 1 : length)));
  const kept = x.shape.map((length, d) => (axes.includes(d) ? 1 : length));
  const values = new Float64Array(sizeOf(kept)).fill(first);
  fromPlaces(x.shape, (at) => {
    const i = at.reduce((sum, place, d) => sum + (axes.includes(d) ? 0 : place * steps[d]), 0);
    const from = at.reduce((sum, place, d) => sum * x.shape[d] + place, 0);
    return (values[i] = f(values[i], x.values[from]));
  });
  return { shape: keep ? kept : kept.filter((_, d) => !axes.includes(d)), values };
}`,

  slide: `/** At every place of a window that slides over pictures: f(batch, row, column, first row, first column). */
function slide({ shape: [batch, height, width] }, [h, w], [stepDown, stepRight], [top, left, bottom, right], f) {
  const rows = Math.floor((height + top + bottom - h) / stepDown) + 1;
  const columns = Math.floor((width + left + right - w) / stepRight) + 1;
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        f((b * rows + i) * columns + j, b, i * stepDown - top, j * stepRight - left);
  return [batch, rows, columns];
}

/** The part of a window that lies in the picture, value by value: f(place in the window, place in the picture). */
function inside({ shape: [, height, width] }, [h, w], b, top, left, f) {
  for (let u = 0; u < h; u++)
    for (let v = 0; v < w; v++) {
      const [row, column] = [top + u, left + v];
      if (row >= 0 && row < height && column >= 0 && column < width)
        f(u * w + v, (b * height + row) * width + column);
    }
}`,

  pool: `function pool(x, size, strides, pads, first, f, last) {
  const channels = x.shape[3];
  const values = [];
  const shape = slide(x, size, strides, pads, (place, b, top, left) => {
    const folded = new Array(channels).fill(first);
    let count = 0;
    inside(x, size, b, top, left, (_, from) => {
      count++;
      for (let c = 0; c < channels; c++) folded[c] = f(folded[c], x.values[from * channels + c]);
    });
    for (let c = 0; c < channels; c++) values[place * channels + c] = last(folded[c], count);
  });
  return { shape: [...shape, channels], values: Float64Array.from(values) };
}`,

  matMul: `/** [n, k]·[k, m] */
function matMul({ shape: [n, k], values: a }, { shape: [, m], values: b }) {
  const values = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let p = 0; p < k; p++) {
      const factor = a[i * k + p];
      for (let j = 0; j < m; j++) values[i * m + j] += factor * b[p * m + j];
    }
  return { shape: [n, m], values };
}`,

  softmax: `/** Along the last axis. */
function softmax({ shape, values }) {
  const result = Float64Array.from(values);
  const columns = shape[shape.length - 1];
  for (let start = 0; start < values.length; start += columns) {
    const row = result.subarray(start, start + columns);
    const largest = row.reduce((most, v) => Math.max(most, v), -Infinity);
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += row[k] = Math.exp(row[k] - largest);
    for (let k = 0; k < columns; k++) row[k] /= sum;
  }
  return { shape, values: result };
}`,

  transpose: `function transpose({ shape, values }, order) {
  const steps = stepsOf(shape);
  const place = (at) => at.reduce((sum, i, d) => sum + i * steps[order[d]], 0);
  return fromPlaces(order.map((d) => shape[d]), (at) => values[place(at)]);
}`,

  reshape: `/** −1: as much as is left. */
const reshape = ({ values }, shape) => {
  const known = sizeOf(shape.filter((length) => length !== -1));
  return { shape: shape.map((length) => (length === -1 ? values.length / known : length)), values };
};`,

  slice: `function slice({ shape, values }, begin, end) {
  const steps = stepsOf(shape);
  const place = (at) => at.reduce((sum, i, d) => sum + (i + begin[d]) * steps[d], 0);
  return fromPlaces(shape.map((length, d) => Math.min(length, end[d]) - begin[d]), (at) => values[place(at)]);
}`,

  concat: `function concat(tensors, axis) {
  const shape = tensors[0].shape.slice();
  shape[axis] = tensors.reduce((sum, x) => sum + x.shape[axis], 0);
  const result = new Float64Array(sizeOf(shape));
  let at = 0;
  for (let block = 0; block < sizeOf(shape.slice(0, axis)); block++)
    for (const { shape: own, values } of tensors) {
      const length = sizeOf(own.slice(axis));
      result.set(values.subarray(block * length, (block + 1) * length), at);
      at += length;
    }
  return { shape, values: result };
}`,

  sum: `const sum = (x, axes, keep) => reduce(x, axes, keep, 0, (v, w) => v + w);`,
  mean: `const mean = (x, axes, keep) => {
  const count = axes.reduce((product, d) => product * x.shape[d], 1);
  return map(reduce(x, axes, keep, 0, (v, w) => v + w), (v) => v / count);
};`,
  max: `const max = (x, axes, keep) => reduce(x, axes, keep, -Infinity, Math.max);`,
  min: `const min = (x, axes, keep) => reduce(x, axes, keep, Infinity, Math.min);`,

  convolution: `/** Pictures [batch, height, width, in], filters [height, width, in, out]. */
function convolution(x, filters, strides, pads) {
  const [h, w, channels, out] = filters.shape;
  const values = [];
  const shape = slide(x, [h, w], strides, pads, (place, b, top, left) => {
    const sums = new Float64Array(out);
    inside(x, [h, w], b, top, left, (at, from) => {
      for (let c = 0; c < channels; c++) {
        const factor = x.values[from * channels + c];
        const first = (at * channels + c) * out;
        for (let o = 0; o < out; o++) sums[o] += factor * filters.values[first + o];
      }
    });
    for (let o = 0; o < out; o++) values[place * out + o] = sums[o];
  });
  return { shape: [...shape, out], values: Float64Array.from(values) };
}`,

  maxPool: `const maxPool = (x, size, strides, pads) => pool(x, size, strides, pads, -Infinity, Math.max, (v) => v);`,
  averagePool: `const averagePool = (x, size, strides, pads) =>
  pool(x, size, strides, pads, 0, (v, w) => v + w, (v, count) => v / count);`,
  clip: `const clip = (x, low, high) => map(x, (v) => Math.min(high, Math.max(low, v)));`,
};

/** Those that others call, in the order in which they are written. */
const shared = ['reduce', 'map', 'combine', 'stepsOf', 'fromPlaces', 'sizeOf', 'slide', 'pool'];

/** The text of the functions for these steps, each after those that it needs. */
export function helpersFor(ops: readonly Op[]): string[] {
  const texts = new Map<string, string>();
  const take = (name: string, text: string): void => {
    if (texts.has(name)) return;
    const calls = (other: string): boolean => new RegExp(`(?<!\\.)\\b${other}\\(`).test(text);
    for (const other of shared) if (other !== name && calls(other)) take(other, parts[other]);
    texts.set(name, text);
  };
  for (const op of ops) {
    if (isUnary(op)) take(op, `const ${op} = (x) => map(x, ${unary[op].code});`);
    else if (isBinary(op)) take(op, `const ${op} = (a, b) => combine(a, b, ${binary[op].code});`);
    else take(op, parts[op]);
  }
  return [...texts.values()];
}
