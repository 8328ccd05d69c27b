/**
 * What follows the products of a step of an LSTM or a GRU, with the gradient: `src/model/sequence.ts` has the formulas. Of each gate a
 * row has `bytes` bytes, one gate behind the other.
 */
import { sigmoid4, tanh4 } from './exponential';
import { multiplyAdd } from './multiply-add';
import { store4 } from './rows';

/** `dy·y·(1 − y)`, the gradient of y = σ(a). */
function sigmoidGradient(dy: v128, y: v128): v128 {
  return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}

/** `dy·(1 − y²)`, the gradient of y = tanh(a). */
function tanhGradient(dy: v128, y: v128): v128 {
  return f32x4.mul(dy, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
}

export function lstmCell(
  c: usize,
  a: usize,
  h: usize,
  next: usize,
  gates: usize,
  rows: i32,
  bytes: usize,
): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const left = bytes - at;
      const unit = row * bytes + at;
      const gate = unit + 3 * row * bytes;
      const i = sigmoid4(v128.load(a + gate));
      const f = sigmoid4(v128.load(a + gate + bytes));
      const g = tanh4(v128.load(a + gate + 2 * bytes));
      const o = sigmoid4(v128.load(a + gate + 3 * bytes));
      const state = multiplyAdd(f, v128.load(c + unit), f32x4.mul(i, g));
      put(next + unit, left, state);
      put(h + unit, left, f32x4.mul(o, tanh4(state)));
      put(gates + gate, left, i);
      put(gates + gate + bytes, left, f);
      put(gates + gate + 2 * bytes, left, g);
      put(gates + gate + 3 * bytes, left, o);
    }
  }
}

export function lstmCellGradient(
  dh: usize,
  dNext: usize,
  gates: usize,
  c: usize,
  next: usize,
  da: usize,
  dc: usize,
  rows: i32,
  bytes: usize,
): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const left = bytes - at;
      const unit = row * bytes + at;
      const gate = unit + 3 * row * bytes;
      const i = v128.load(gates + gate);
      const f = v128.load(gates + gate + bytes);
      const g = v128.load(gates + gate + 2 * bytes);
      const o = v128.load(gates + gate + 3 * bytes);
      const d = v128.load(dh + unit);
      const t = tanh4(v128.load(next + unit));
      const dState = f32x4.add(v128.load(dNext + unit), tanhGradient(f32x4.mul(d, o), t));
      put(dc + unit, left, f32x4.mul(dState, f));
      put(da + gate, left, sigmoidGradient(f32x4.mul(dState, g), i));
      put(da + gate + bytes, left, sigmoidGradient(f32x4.mul(dState, v128.load(c + unit)), f));
      put(da + gate + 2 * bytes, left, tanhGradient(f32x4.mul(dState, i), g));
      put(da + gate + 3 * bytes, left, sigmoidGradient(f32x4.mul(d, t), o));
    }
  }
}

/** @param x, y what comes from the input and from h */
export function gruCell(
  h: usize,
  x: usize,
  y: usize,
  next: usize,
  gates: usize,
  rows: i32,
  bytes: usize,
): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const left = bytes - at;
      const unit = row * bytes + at;
      const gate = unit + 2 * row * bytes;
      const last = gate + 2 * bytes;
      const r = sigmoid4(f32x4.add(v128.load(x + gate), v128.load(y + gate)));
      const z = sigmoid4(f32x4.add(v128.load(x + gate + bytes), v128.load(y + gate + bytes)));
      const n = tanh4(multiplyAdd(r, v128.load(y + last), v128.load(x + last)));
      put(next + unit, left, multiplyAdd(z, f32x4.sub(v128.load(h + unit), n), n));
      put(gates + gate, left, r);
      put(gates + gate + bytes, left, z);
      put(gates + last, left, n);
    }
  }
}

export function gruCellGradient(
  dNext: usize,
  gates: usize,
  y: usize,
  h: usize,
  dx: usize,
  dy: usize,
  dh: usize,
  rows: i32,
  bytes: usize,
): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const left = bytes - at;
      const unit = row * bytes + at;
      const gate = unit + 2 * row * bytes;
      const last = gate + 2 * bytes;
      const r = v128.load(gates + gate);
      const z = v128.load(gates + gate + bytes);
      const n = v128.load(gates + last);
      const d = v128.load(dNext + unit);
      const throughZ = f32x4.mul(d, z);
      const dn = tanhGradient(f32x4.sub(d, throughZ), n);
      const dr = sigmoidGradient(f32x4.mul(dn, v128.load(y + last)), r);
      const dz = sigmoidGradient(f32x4.mul(d, f32x4.sub(v128.load(h + unit), n)), z);
      put(dh + unit, left, throughZ);
      put(dx + gate, left, dr);
      put(dy + gate, left, dr);
      put(dx + gate + bytes, left, dz);
      put(dy + gate + bytes, left, dz);
      put(dx + last, left, dn);
      put(dy + last, left, f32x4.mul(dn, r));
    }
  }
}

/** Stores as many of four numbers as there is room for in what is left of a row. */
function put(address: usize, left: usize, numbers: v128): void {
  store4(address, address + left, numbers);
}
