/** The fused kernels of wasm against the composed operations on float64, and each gradient against autodiff and differences. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../src/backend/index.ts';
import * as nn from '../../../src/model/index.ts';
import type { AttentionShape } from '../../../src/model/sequence.ts';
import { adamUpdate } from '../../../src/model/operations.ts';
import { RandomState } from '../../../src/utils/random.ts';
import { tensorOf, valuesOf } from '../../../src/utils/tensors.ts';
import { tf, type Tensor } from '../../../src/utils/tf.ts';

interface Size extends AttentionShape {
  depth: number;
  seed: number;
}

const aSize = fc.record<Size>({
  batch: fc.integer({ min: 1, max: 3 }),
  steps: fc.constantFrom(1, 2, 3, 7, 16, 19),
  heads: fc.integer({ min: 1, max: 3 }),
  depth: fc.constantFrom(1, 2, 3, 4, 5, 17),
  seed: fc.nat(1e6),
});
type Results = Record<string, Tensor>;

interface Operation {
  /** Of the inputs by which it is differentiated. */
  shapes: (size: Size) => Record<string, number[]>;
  forward: (inputs: Results, size: Size) => Results;
  /** ∂/∂inputs of Σ d ⊙ y over the outputs y that are not kept for the gradient alone. */
  gradient: (d: Results, inputs: Results, outputs: Results, size: Size) => Results;
  /** How many times the errors of single precision are enlarged at most. */
  factor?: number;
}
const kept = ['scale', 'normalized', 'weights', 'gates'];

const symbols = 5;
/** With repetitions, int32 `[batch, T]`. */
function tokens({ batch, steps, seed }: Size, least: number): Tensor {
  const draws = Array.from(new RandomState(seed).uniform(least, symbols, batch * steps), Math.floor);
  return tf.tensor(draws, [batch, steps], 'int32');
}

const rows = ({ batch, steps, heads, depth }: Size): [number, number] => [batch * steps, heads * depth];
/** 1/√ε: the largest scale. */
const factor = 316;

const operations: Record<string, Operation> = {
  embed: {
    shapes: ({ depth }) => ({ table: [symbols, depth] }),
    forward: ({ table }, size) => ({ y: nn.embed(table, tokens(size, 0)) }),
    gradient: ({ y }, _, __, size) => ({ table: nn.embedGradient(y, tokens(size, 0), symbols) }),
  },
  rmsNorm: {
    shapes: (size) => ({ x: rows(size) }),
    forward: ({ x }) => ({ ...nn.rmsNorm(x) }),
    gradient: (d, _, { y, scale }) => ({ x: nn.rmsNormGradient(d.y, y, scale) }),
    factor,
  },
  layerNorm: {
    shapes: (size) => ({ x: rows(size), gain: [rows(size)[1]], bias: [rows(size)[1]] }),
    forward: ({ x, gain, bias }) => ({ ...nn.layerNorm(x, gain, bias) }),
    gradient: ({ y }, { gain }, { normalized, scale }) => nn.layerNormGradient(y, gain, normalized, scale),
    factor,
  },
  causalAttention: {
    shapes: (size) => ({ q: rows(size), k: rows(size), v: rows(size) }),
    forward: ({ q, k, v }, size) => nn.causalAttention(q, k, v, size),
    gradient: ({ out }, { q, k, v }, { weights }, size) =>
      nn.causalAttentionGradient(out, q, k, v, weights, size),
  },
  gelu: {
    shapes: (size) => ({ x: rows(size) }),
    forward: ({ x }) => ({ y: nn.gelu(x) }),
    gradient: ({ y }, { x }) => ({ x: nn.geluGradient(y, x) }),
  },
  tokenCrossEntropy: {
    shapes: ({ batch, steps }) => ({ logits: [batch * steps, symbols] }),
    forward: ({ logits }, size) => ({ loss: nn.tokenCrossEntropy.tensor(logits, tokens(size, -1)) }),
    gradient: ({ loss }, { logits }, _, size) => ({
      logits: nn.mul(nn.tokenCrossEntropyGradient(logits, tokens(size, -1)), loss),
    }),
  },
  lstmCell: {
    shapes: ({ batch, depth }) => ({ a: [batch, 4 * depth], c: [batch, depth] }),
    forward({ a, c }) {
      const { h, c: next, gates } = nn.lstmCell(a, c);
      return { h, next, gates };
    },
    gradient: (d, { c }, { gates, next }) => nn.lstmCellGradient(d.h, d.next, gates, c, next),
  },
  gruCell: {
    shapes: ({ batch, depth: units }) => ({
      fromInput: [batch, 3 * units],
      fromHidden: [batch, 3 * units],
      h: [batch, units],
    }),
    forward({ fromInput, fromHidden, h }) {
      const { h: next, gates } = nn.gruCell(fromInput, fromHidden, h);
      return { next, gates };
    },
    gradient: ({ next }, { fromHidden, h }, { gates }) => nn.gruCellGradient(next, gates, fromHidden, h),
  },
};

/** In single precision, so that all backends compute with the same numbers. */
const draw = (shapes: [string, number[]][], seed: number): Results => {
  const random = new RandomState(seed);
  const values = (shape: number[]) =>
    Float64Array.from(random.randn(tf.util.sizeFromShape(shape)), Math.fround);
  return Object.fromEntries(shapes.map(([name, shape]) => [name, tensorOf(values(shape), shape)]));
};

/** Inputs, outputs, a random ∂L/∂y for each of them, and the gradients by hand. */
function compute({ shapes, forward, gradient }: Operation, size: Size, spoiled?: string) {
  const inputs = draw(Object.entries(shapes(size)), size.seed);
  if (spoiled) inputs[spoiled] = tf.mul(inputs[spoiled], NaN);
  const outputs = forward(inputs, size);
  const named = Object.entries(outputs).filter(([name]) => !kept.includes(name));
  const d = draw(
    named.map(([name, { shape }]) => [name, shape]),
    size.seed + 1,
  );
  return { inputs, outputs, d, gradients: gradient(d, inputs, outputs, size) };
}

type Host = Record<string, { shape: number[]; values: number[] }>;
const toHost = (results: Results): Host =>
  Object.fromEntries(
    Object.entries(results).map(([name, x]) => [
      name,
      { shape: x.shape, values: Array.from(valuesOf(x), Number) },
    ]),
  );

/** Outputs and gradients on a backend, which keeps no tensor of them. */
async function onBackend(backend: 'wasm' | 'float64', operation: Operation, size: Size, spoiled?: string) {
  await useBackend(backend);
  const { numTensors } = tf.memory();
  let host: Host = {};
  tf.tidy(() => {
    const { outputs, gradients } = compute(operation, size, spoiled);
    host = {
      ...toHost(outputs),
      ...Object.fromEntries(Object.entries(toHost(gradients)).map(([name, x]) => [`∂${name}`, x])),
    };
  });
  return { host, left: tf.memory().numTensors - numTensors };
}

/** The largest difference, as a part of the largest number; NaN where only one side is. */
function difference(actual: Host, expected: Host): number {
  const parts = Object.entries(expected).map(([name, { shape, values }]) => {
    expect([name, actual[name].shape]).toEqual([name, shape]);
    const errors = values.map((value, i) => Math.abs(value - actual[name].values[i]));
    return Math.max(...errors) / Math.max(1, ...values.map(Math.abs));
  });
  return Math.max(...parts);
}

describe.each(Object.entries(operations))('%s', (_, operation) => {
  test('gives on wasm, fused, what it gives composed on float64, and leaves no tensor behind', async () => {
    const check = fc.asyncProperty(aSize, async (size) => {
      const { host: expected } = await onBackend('float64', operation, size);
      const { host, left } = await onBackend('wasm', operation, size);
      expect(left).toBe(0);
      expect(difference(host, expected)).toBeLessThan((operation.factor ?? 8) * 2 ** -21);
    });
    await fc.assert(check, { numRuns: 8 });
  });

  test('has the gradient of autodiff and of central differences', async () => {
    await useBackend('float64');
    const check = fc.property(aSize, (size) => {
      fc.pre(size.steps < 10);
      const { inputs, d, gradients } = compute(operation, size);
      const names = Object.keys(inputs);
      const loss = (...tensors: Tensor[]): Tensor => {
        const made = operation.forward(Object.fromEntries(names.map((name, i) => [name, tensors[i]])), size);
        return tf.addN(Object.entries(d).map(([name, dy]) => tf.sum(tf.mul(made[name], dy))));
      };
      const tensors = Object.values(inputs);
      const automatic = tf.grads(loss)(tensors);
      automatic.forEach((x, i) =>
        expect(difference(toHost({ x: gradients[names[i]] }), toHost({ x }))).toBeLessThan(1e-12),
      );
      // Along a random direction: Σ ∂L/∂x ⊙ direction.
      const directions = Object.values(draw(Object.entries(operation.shapes(size)), size.seed + 2));
      const along = (step: number): number =>
        valuesOf(loss(...tensors.map((x, i) => tf.add(x, tf.mul(directions[i], nn.constant(step))))))[0];
      const products = automatic.flatMap((x, i) => Array.from(valuesOf(tf.mul(x, directions[i])), Number));
      const [slope, size1] = [0, 1].map((kind) =>
        products.reduce((sum, x) => sum + (kind ? Math.abs(x) : x), 0),
      );
      expect(Math.abs((along(1e-5) - along(-1e-5)) / 2e-5 - slope)).toBeLessThan(1e-5 * (1 + size1));
    });
    tf.tidy(() => fc.assert(check, { numRuns: 8 }));
  });

  test('returns NaN wherever the composed operations do', async () => {
    // With this seed all positions have a target; without one, a row has no slope, whatever its logits are.
    const size = { batch: 2, steps: 3, heads: 2, depth: 3, seed: 5 };
    for (const spoiled of Object.keys(operation.shapes(size))) {
      const { host: expected } = await onBackend('float64', operation, size, spoiled);
      const { host } = await onBackend('wasm', operation, size, spoiled);
      for (const [name, { values }] of Object.entries(expected)) {
        // u > t has no weight, whatever the others are.
        if (name !== 'weights')
          expect([name, host[name].values.map(isNaN)]).toEqual([name, values.map(isNaN)]);
      }
    }
  });
});

describe.each(['wasm', 'float64'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  const row = (values: number[]): Tensor => tensorOf(Float64Array.from(values), [1, values.length]);
  const numbers = (tensor: Tensor): number[] => Array.from(valuesOf(tensor));
  const digits = backend === 'wasm' ? 6 : 14;
  const expectNumbers = (actual: Tensor, expected: number[]) =>
    numbers(actual).forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits));
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  test("gates are in PyTorch's order: i f g o of an LSTM, r z n of a GRU", () => {
    const [x, y] = [0, 1].map((seed) => Array.from(new RandomState(seed).randn(8)));
    const before = [1.3, -1.4];
    tf.tidy(() => {
      const next = before.map((c, j) => sigmoid(x[2 + j]) * c + sigmoid(x[j]) * Math.tanh(x[4 + j]));
      const cell = nn.lstmCell(row(x), row(before));
      expectNumbers(cell.c, next);
      expectNumbers(
        cell.h,
        [0, 1].map((j) => sigmoid(x[6 + j]) * Math.tanh(next[j])),
      );
      const [r, z] = [0, 2].map((gate) => [0, 1].map((j) => sigmoid(x[gate + j] + y[gate + j])));
      const h = before.map((h, j) => (1 - z[j]) * Math.tanh(x[4 + j] + r[j] * y[4 + j]) + z[j] * h);
      expectNumbers(nn.gruCell(row(x.slice(0, 6)), row(y.slice(0, 6)), row(before)).h, h);
    });
  });

  test('σ, tanh and GELU keep their digits near 0 and far from it', () => {
    const a = [1e-30, -3e-5, 0.3, -0.62, 0.63, 2, -9, 20, -60, 86, 1000, -1000].map(Math.fround);
    tf.tidy(() => {
      const zeros = a.map(() => 0);
      const [i, , g] = tf.split(nn.lstmCell(row([...a, ...zeros, ...a, ...zeros]), row(zeros)).gates, 4, 1);
      const cases: [Tensor, (x: number) => number][] = [
        [i, sigmoid],
        [g, Math.tanh],
        [nn.gelu(row(a)), (x) => x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))],
      ];
      for (const [tensor, exact] of cases) {
        numbers(tensor).forEach((value, j) => {
          // e⁻²ᵘ enlarges the error of u.
          const relative = (4 + a[j] ** 2 / 4) * 2 ** -23;
          expect(Math.abs(value - exact(a[j]))).toBeLessThanOrEqual(relative * Math.abs(exact(a[j])) + 1e-35);
        });
      }
    });
  });

  test('token cross-entropy averages over the targets that there are', () => {
    const cases = [
      { y: [1, -1, 2], loss: (Math.log(1 + Math.exp(-1) + Math.exp(-2)) + Math.log(3)) / 2 },
      { y: [-1, 1, -1], loss: 495 },
      { y: [-1, -1, -1], loss: 0 },
    ];
    tf.tidy(() => {
      const logits = tf.reshape(row([1, 2, 0, 500, 5, -5, 0, 0, 0]), [3, 3]);
      for (const { y, loss } of cases) {
        const targets = tf.tensor(y, [1, 3], 'int32');
        expect(nn.tokenCrossEntropy.value(valuesOf(logits), valuesOf(targets), 3)).toBeCloseTo(loss, 12);
        expect(numbers(nn.tokenCrossEntropy.tensor(logits, targets))[0]).toBeCloseTo(loss, digits - 2);
        const slopes = tf.split(nn.tokenCrossEntropyGradient(logits, targets), 3).map(numbers);
        slopes.forEach((slope, i) => expect(slope.some((value) => value !== 0)).toBe(y[i] >= 0));
      }
    });
  });

  test("Adam's steps are those of its definition, with decoupled weight decay", () => {
    const random = new RandomState(1);
    const [beta1, beta2, epsilon, rate, decay] = [0.85, 0.99, 1e-8, 0.02, 0.1];
    const exact = Array.from(random.randn(7), (w) => ({ w: Math.fround(w), m: 0, v: 0 }));
    const w = tf.variable(row(exact.map(({ w }) => w)));
    const [m, v] = [0, 1].map(() => tf.variable(tf.zerosLike(w)));
    for (let t = 1; t <= 5; t++) {
      const slopes = Array.from(random.randn(7), Math.fround);
      // At every other step w shares its numbers with a clone.
      const old = t % 2 === 0 ? w.clone() : undefined;
      const before = numbers(w);
      const [correction1, correction2] = [1 - beta1 ** t, 1 - beta2 ** t];
      adamUpdate(w, row(slopes), m, v, {
        beta1,
        beta2,
        epsilon,
        rate,
        decay,
        correction1,
        correction2,
      });
      if (old) expect(numbers(old)).toEqual(before);
      exact.forEach((each, i) => {
        each.m = beta1 * each.m + (1 - beta1) * slopes[i];
        each.v = beta2 * each.v + (1 - beta2) * slopes[i] ** 2;
        each.w -= rate * decay * each.w;
        each.w -= (rate * each.m) / correction1 / (Math.sqrt(each.v / correction2) + epsilon);
      });
    }
    for (const [tensor, name] of [
      [w, 'w'],
      [m, 'm'],
      [v, 'v'],
    ] as const)
      expectNumbers(
        tensor,
        exact.map((each) => each[name]),
      );
  });
});

test('fused kernels refuse tensors of other sizes and types, before they read beyond them', async () => {
  await useBackend('wasm');
  tf.tidy(() => {
    const [x, less] = [tf.ones([6, 4]), tf.ones([5, 4])];
    const shape = { batch: 2, steps: 3, heads: 2 };
    const crossEntropy = (y: Tensor) => () => nn.tokenCrossEntropyGradient(x, y);
    expect(() => nn.causalAttention(x, less, x, shape)).toThrow('takes 24 numbers for k, not [5, 4]');
    expect(() => nn.causalAttention(x, x, x, { ...shape, heads: 3 })).toThrow(
      '[6, 4] does not hold 2 sequences of 3 rows with 3 heads',
    );
    expect(() => nn.gelu(tf.ones([2], 'int32'))).toThrow('takes float32 only');
    expect(() => nn.gelu(tf.zeros([0, 3]))).toThrow('gelu on wasm takes no empty tensors');
    expect(crossEntropy(tf.fill([2, 3], 4, 'int32'))).toThrow('target 4 is none of 4 symbols');
    expect(crossEntropy(tf.zeros([2, 3]))).toThrow('targets are int32, not float32');
  });
});
