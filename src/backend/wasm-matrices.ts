/**
 * The wasm backend's matrix products and sums of columns, repaired and made fast for every caller: hand-written
 * gradients, TensorFlow.js's own gradients and its Layers alike.
 *
 * `matMul` with a transposed input leaves the fast XNNPACK kernel for a scalar loop that is 12 times slower, and that
 * loop adds a fused bias once for every 48 columns of the inner dimension, which is wrong. Here such inputs are
 * transposed first, where they need to be at all: a vector lies in memory as its transpose does, and of a product
 * the smaller side can be turned, Aᵀ·B = (Bᵀ·A)ᵀ. What is small or known never to change is turned once.
 */
import { isUnchanging } from '../tensors.ts';
import { tf, type KernelFunc, type TensorInfo } from '../tf.ts';
import { columnSums } from './narrow.ts';
import { smallProduct } from './wasm-small-products.ts';
import type { Attributes, WasmBackend } from './wasm-types.ts';

let done = false;
const repaired = new WeakSet<KernelFunc>();
const products = ['BatchMatMul', '_FusedMatMul'];

/** Whether both multiplications that the wasm backend has registered now are the repaired ones. */
export const isMatMulRepaired = (): boolean =>
  products.every((name) => {
    const kernel = tf.getKernel(name, 'wasm');
    return kernel ? repaired.has(kernel.kernelFunc) : false;
  });

/** Replaces the kernels of `matMul`, `fused.matMul`, `sum` and of copies. Once is enough. */
export function repairMatrices(): void {
  if (done) return;
  done = true;
  const kernels = new Kernels(tf.backend() as unknown as WasmBackend);
  for (const name of products) replace(name, (original) => kernels.product(original));
  // The kernel copies; to share the numbers, as the other backends do, keeps what is known about them.
  replace('Identity', () => ({ inputs, backend }) => {
    const x = inputs.x as TensorInfo;
    (backend as WasmBackend).incRef(x.dataId);
    return reshaped(x, x.shape);
  });
  replace('Sum', (original) => kernels.sum(original));
}

function replace(name: string, made: (original: KernelFunc) => KernelFunc): void {
  const original = tf.getKernel(name, 'wasm');
  const kernelFunc = made(original.kernelFunc);
  repaired.add(kernelFunc);
  tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({ ...original, kernelFunc });
}

/** The same numbers in another shape. */
const reshaped = (x: TensorInfo, shape: number[]): TensorInfo => ({ ...x, shape });

/** TensorFlow.js's own gradients put a batch of one before every matrix. */
const matrixOf = (x: TensorInfo): TensorInfo =>
  x.shape.length === 3 && x.shape[0] === 1 ? reshaped(x, x.shape.slice(1)) : x;

/** So many are added up here before the kernel has begun. */
const fewNumbers = 4096;

/** 128 KiB: more would push out of the processor's cache what is needed next. */
const mostNumbersKept = 2 ** 15;

class Kernels {
  readonly #backend: WasmBackend;
  readonly #transpose = tf.getKernel('Transpose', 'wasm').kernelFunc;
  readonly #multiply = tf.getKernel('BatchMatMul', 'wasm').kernelFunc;
  readonly #add = tf.getKernel('Add', 'wasm').kernelFunc;
  /** Of the package: makes a real copy. */
  readonly #copy = tf.getKernel('Identity', 'wasm').kernelFunc;
  /** As how many rows each right-hand side was first multiplied by. */
  readonly #rowsOfRight = new WeakMap<object, number>();
  /** Transposes, by the data of the matrix. */
  readonly #turned = new Map<object, TensorInfo[]>();
  /** What goes when the kernel is done. */
  #temporary: TensorInfo[] = [];

  constructor(backend: WasmBackend) {
    this.#backend = backend;
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      const freed = disposeData(dataId, force);
      if (freed) {
        this.#turned.get(dataId)?.forEach((turned) => disposeData(turned.dataId));
        this.#turned.delete(dataId);
      }
      return freed;
    };
  }

  product(original: KernelFunc): KernelFunc {
    return ({ inputs, backend, attrs }) => {
      const a = inputs.a as TensorInfo;
      const b = inputs.b as TensorInfo;
      const attributes = attrs as unknown as Attributes;
      const quick = this.#shortCut(matrixOf(a), matrixOf(b), inputs.bias, attributes);
      this.#tidy();
      if (quick) return a.shape.length + b.shape.length > 4 ? reshaped(quick, [1, ...quick.shape]) : quick;
      const left = attributes.transposeA ? this.#transposed(a) : a;
      const right = this.#asRight(attributes.transposeB ? this.#transposed(b) : b);
      const product = original({
        inputs: { ...inputs, a: left, b: right },
        backend,
        attrs: { ...attrs, transposeA: false, transposeB: false },
      });
      this.#tidy();
      return product;
    };
  }

  /** What has a faster way than turning what is to be turned. */
  #shortCut(
    a: TensorInfo,
    b: TensorInfo,
    bias: TensorInfo | undefined,
    attributes: Attributes,
  ): TensorInfo | undefined {
    const { transposeA, transposeB, activation = 'linear' } = attributes;
    if (a.shape.length !== 2 || b.shape.length !== 2) return undefined;
    if (activation !== 'linear' || (bias && bias.shape.length !== 1)) return undefined;
    const small = smallProduct(this.#backend, a, b, bias, attributes);
    if (small || transposeB) return small;
    if (transposeA) return bias ? undefined : this.#transposedProduct(a, b);
    return b.shape[1] === 1 && isUnchanging(a) ? this.#columnProduct(a, b, bias) : undefined;
  }

  /**
   * aᵀ·b for `[k, m]` and `[k, n]`. XNNPACK packs its right-hand side anew for every new tensor, which takes four times
   * as long as transposing it: what does not change goes to the right, as (bᵀ·a)ᵀ, and else the larger matrix to the left.
   */
  #transposedProduct(a: TensorInfo, b: TensorInfo): TensorInfo {
    const [m, n] = [a.shape[1], b.shape[1]];
    if (!isUnchanging(a)) return this.#times(this.#transposed(a), b);
    const product = this.#times(this.#transposed(b), a);
    if (m === 1 || n === 1) return reshaped(product, [m, n]);
    const result = this.#run(this.#transpose, { x: product }, { perm: [1, 0] });
    this.#dispose(product);
    return result;
  }

  /**
   * a·b + bias for an unchanging `[m, k]` and a column, as (bᵀ·aᵀ)ᵀ: XNNPACK is slow at single columns, and it packs its
   * right-hand side anew for every new tensor.
   */
  #columnProduct(a: TensorInfo, b: TensorInfo, bias?: TensorInfo): TensorInfo {
    const [m] = a.shape;
    const product = reshaped(this.#times(this.#transposed(b), this.#transposed(a)), [m, 1]);
    if (!bias) return product;
    const sum = this.#run(this.#add, { a: product, b: bias });
    this.#dispose(product);
    return sum;
  }

  /** Sums over the rows of a matrix: here where it is narrow, else along the rows of its transpose, which may be known. */
  sum(original: KernelFunc): KernelFunc {
    return ({ inputs, backend, attrs }) => {
      const x = inputs.x as TensorInfo;
      const { axis, keepDims } = attrs as { axis: number | number[] | null; keepDims: boolean };
      const alongRows = axis === 0 || (Array.isArray(axis) && axis.length === 1 && axis[0] === 0);
      if (!alongRows || keepDims || x.shape.length !== 2 || x.dtype !== 'float32') {
        return original({ inputs, backend, attrs });
      }
      const [rows, columns] = x.shape;
      if ((columns > 1 && columns <= 4) || rows * columns <= fewNumbers) return this.#narrowSums(x);
      const sums = original({ inputs: { x: this.#transposed(x) }, backend, attrs: { ...attrs, axis: [1] } });
      this.#tidy();
      return sums;
    };
  }

  #narrowSums(x: TensorInfo): TensorInfo {
    const [rows, columns] = x.shape;
    const sums = this.#backend.makeOutput([columns], 'float32');
    const [values, out] = [x, sums].map((tensor) => this.#backend.typedArrayFromHeap(tensor));
    columnSums(values, out, rows, columns);
    return sums;
  }

  #times(a: TensorInfo, b: TensorInfo): TensorInfo {
    const right = this.#asRight(b);
    return this.#run(this.#multiply, { a, b: right }, { transposeA: false, transposeB: false });
  }

  /**
   * A right-hand side as XNNPACK needs it. It remembers one by its memory alone, not by its shape: a row that it has
   * multiplied by as a column would be read beyond its end, so that is copied.
   */
  #asRight(b: TensorInfo): TensorInfo {
    const rows = b.shape[b.shape.length - 2];
    const before = this.#rowsOfRight.get(b.dataId);
    if (before === undefined) this.#rowsOfRight.set(b.dataId, rows);
    if (before === undefined || before === rows) return b;
    const copy = this.#run(this.#copy, { x: b });
    this.#temporary.push(copy);
    return reshaped(copy, b.shape);
  }

  /** The last two dimensions turned: kept as long as x where that is worth its memory, else until the kernel is done. */
  #transposed(x: TensorInfo): TensorInfo {
    const last = x.shape.length - 1;
    const [rows, columns] = x.shape.slice(-2);
    const shape = [...x.shape.slice(0, -2), columns, rows];
    if (rows === 1 || columns === 1) return reshaped(x, shape);
    const kept = this.#turned.get(x.dataId) ?? [];
    // The same data may be seen in several shapes.
    const known = kept.find((matrix) => matrix.shape[matrix.shape.length - 1] === rows);
    if (known) return reshaped(known, shape);
    const perm = [...x.shape.keys()].slice(0, -2).concat(last, last - 1);
    const turned = this.#run(this.#transpose, { x }, { perm });
    if (isUnchanging(x) || tf.util.sizeFromShape(shape) <= mostNumbersKept)
      this.#turned.set(x.dataId, [...kept, turned]);
    else this.#temporary.push(turned);
    return turned;
  }

  #run(kernel: KernelFunc, inputs: Record<string, TensorInfo>, attrs: Record<string, unknown> = {}) {
    return kernel({ inputs, backend: this.#backend, attrs: attrs as never }) as TensorInfo;
  }

  #tidy(): void {
    if (this.#temporary.length === 0) return;
    for (const x of this.#temporary) this.#dispose(x);
    this.#temporary = [];
  }

  #dispose(x: TensorInfo): void {
    this.#backend.disposeData(x.dataId);
  }
}
