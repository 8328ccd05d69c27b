import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fused } from '../../../../src/backend/wasm/assembled-fused.ts';
import { plain } from '../../../../src/backend/wasm/assembled-plain.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import {
  assemblyFor,
  unpacked,
  type Assembly,
  type WasmBackend,
} from '../../../../src/backend/wasm/assembly.ts';
import { columnSums, product } from '../../../../src/backend/wasm/products.ts';
import { tensorOf } from '../../../../src/utils/tensors.ts';
import { tf, type Tensor, type TensorInfo } from '../../../../src/utils/tf.ts';

let backend: WasmBackend;
const valuesOf = ({ dataId, shape }: TensorInfo): Float32Array =>
  new Float32Array(
    backend.wasm.asm.memory.buffer,
    backend.dataIdMap.get(dataId).memoryOffset,
    tf.util.sizeFromShape(shape),
  );

beforeAll(async () => {
  await useBackend('wasm');
  backend = tf.backend() as unknown as WasmBackend;
});

test('both modules import nothing but the memory, and put nothing into it on their own', async () => {
  for (const base64 of [plain, fused]) {
    const module = new WebAssembly.Module(await unpacked(base64));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    const memory = new WebAssembly.Memory({ initial: 1 });
    new WebAssembly.Instance(module, { env: { memory } });
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  }
});

/** The definition, in doubles. */
function expected(
  [a, b, bias]: [Float64Array, Float64Array, Float64Array | undefined],
  { m, n, k, transposeA, transposeB }: Shape,
): number[] {
  const sums: number[] = [];
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = bias ? bias[column] : 0;
      for (let p = 0; p < k; p++) {
        sum += a[transposeA ? p * m + row : row * k + p] * b[transposeB ? column * k + p : p * n + column];
      }
      sums.push(sum);
    }
  }
  return sums;
}

interface Shape {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
}

// Whole numbers up to 8 in sums of up to 600 products: exact in float32, so that equal means equal.
const whole = (count: number, seed: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => ((i * 7919 + seed * 104729) % 17) - 8);

const flags = { transposeA: fc.boolean(), transposeB: fc.boolean() };
const columns = fc.constantFrom(1, 2, 3, 5, 8, 15, 16, 17, 35);
const shapes = fc.oneof(
  fc.record({ m: fc.integer({ min: 1, max: 9 }), n: columns, k: fc.integer({ min: 1, max: 30 }), ...flags }),
  // So long that the sums are taken in pieces.
  fc.record({ m: fc.constantFrom(1, 2, 3), n: columns, k: fc.constantFrom(255, 256, 600), ...flags }),
);

describe.each([
  ['plain', plain],
  ['fused', fused],
])('products, %s', (_name, base64) => {
  let assembly: Assembly;
  beforeAll(async () => {
    assembly = assemblyFor(backend, new WebAssembly.Module(await unpacked(base64)));
  });

  test('are those of the definition to the last bit, for every shape', () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), (shape, withBias) => {
        const { m, n, k, transposeA, transposeB } = shape;
        const [a, b] = [whole(m * k, m), whole(k * n, n)];
        const bias = withBias ? whole(n, k) : undefined;
        const inputs = [
          tensorOf(a, transposeA ? [k, m] : [m, k]),
          tensorOf(b, transposeB ? [n, k] : [k, n]),
          ...(bias ? [tensorOf(bias, [n])] : []),
        ];
        const [left, right, start] = inputs as (Tensor | undefined)[];
        const out = product(assembly, left!, right!, start, shape);
        expect(out.shape).toEqual([m, n]);
        expect(Array.from(valuesOf(out))).toEqual(expected([a, b, bias], shape));
        backend.disposeData(out.dataId);
        tf.dispose(inputs);
      }),
      { numRuns: 200 },
    );
  });

  test('write nothing beside their result', async () => {
    const guard = 12345;
    const room = backend.makeOutput([3 * 35 + 64], 'float32');
    const withRoom = Object.create(backend) as WasmBackend;
    const aside = assemblyFor(withRoom, new WebAssembly.Module(await unpacked(base64)));
    fc.assert(
      fc.property(shapes, (shape) => {
        const { m, n, k, transposeA, transposeB } = shape;
        fc.pre(m * n <= 3 * 35);
        const [a, b] = [
          tensorOf(whole(m * k, 1), transposeA ? [k, m] : [m, k]),
          tensorOf(whole(k * n, 2), transposeB ? [n, k] : [k, n]),
        ];
        withRoom.makeOutput = () => ({ ...room, shape: [m, n] });
        valuesOf(room).fill(guard);
        product(aside, a, b, undefined, shape);
        const after = valuesOf(room);
        expect(after.subarray(m * n).every((value) => value === guard)).toBe(true);
        expect(after.subarray(0, m * n).includes(guard)).toBe(false);
        tf.dispose([a, b]);
      }),
    );
    backend.disposeData(room.dataId);
  });

  test('add up columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (rows, columns) => {
        const values = whole(rows * columns, rows);
        const x = tensorOf(values, [rows, columns]);
        const sums = columnSums(assembly, x);
        const ones = new Float64Array(rows).fill(1);
        const shape = { m: 1, n: columns, k: rows, transposeA: false, transposeB: false };
        expect(Array.from(valuesOf(sums))).toEqual(expected([ones, values, undefined], shape));
        backend.disposeData(sums.dataId);
        x.dispose();
      }),
    );
  });

  test('give equal columns equal results, so that hidden units that begin alike stay alike', () => {
    fc.assert(
      fc.property(shapes, ({ m, n, k, transposeA }) => {
        const a = Float64Array.from(whole(m * k, 1), (value) => value / 3);
        const column = Float64Array.from(whole(k, 2), (value) => value / 7);
        const inputs = [
          tensorOf(a, transposeA ? [k, m] : [m, k]),
          tensorOf(
            Float64Array.from({ length: k * n }, (_, i) => column[Math.floor(i / n)]),
            [k, n],
          ),
        ];
        const out = product(assembly, inputs[0], inputs[1], undefined, { transposeA, transposeB: false });
        const sums = columnSums(assembly, inputs[1]);
        for (const made of [out, sums]) {
          const values = valuesOf(made);
          expect(values.every((value, i) => value === values[i - (i % n)])).toBe(true);
          backend.disposeData(made.dataId);
        }
        tf.dispose(inputs);
      }),
    );
  });

  test('take few results of many rows in doubles', () => {
    // 2²⁴ + 1 + 1 … is 2²⁴ in float32.
    const values = new Float64Array(1001).fill(1);
    values[0] = 2 ** 24;
    const [x, ones] = [tensorOf(values, [1001, 1]), tensorOf(new Float64Array(2002).fill(1), [1001, 2])];
    const out = product(assembly, ones, x, undefined, { transposeA: true, transposeB: false });
    const sums = columnSums(assembly, x);
    expect(Array.from(valuesOf(out))).toEqual([2 ** 24 + 1000, 2 ** 24 + 1000]);
    expect(Array.from(valuesOf(sums))).toEqual([2 ** 24 + 1000]);
    for (const { dataId } of [out, sums]) backend.disposeData(dataId);
    tf.dispose([x, ones]);
  });
});
