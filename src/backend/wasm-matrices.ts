/**
 * The wasm backend's matrix products and sums of columns, repaired and made fast for every caller: hand-written gradients,
 * TensorFlow.js's own gradients and its Layers alike.
 *
 * `matMul` with a transposed input leaves the fast XNNPACK kernel for a scalar loop that is 12 times slower, and that
 * loop adds a fused bias once for every 48 columns of the inner dimension, which is wrong. Here such inputs are
 * transposed first, where they need to be at all: a vector lies in memory as its transpose does, and of a product
 * the smaller side can be turned, Aᵀ·B = (Bᵀ·A)ᵀ. What is known never to change is turned once.
 */
import { isUnchanging } from '../tensors.ts';
import { tf, type KernelFunc, type TensorInfo } from '../tf.ts';

interface Backend {
  disposeData(dataId: object, force?: boolean): boolean;
  incRef(dataId: object): void;
}

interface Attributes {
  transposeA: boolean;
  transposeB: boolean;
  activation?: string;
}

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
  const kernels = new Kernels(tf.backend());
  for (const name of products) replace(name, (original) => kernels.product(original));
  // The kernel copies; to share the numbers, as the other backends do, keeps what is known about them.
  replace('Identity', () => ({ inputs, backend }) => {
    const x = inputs.x as TensorInfo;
    (backend as Backend).incRef(x.dataId);
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

class Kernels {
  readonly #backend: Backend;
  readonly #transpose = tf.getKernel('Transpose', 'wasm').kernelFunc;
  readonly #multiply = tf.getKernel('BatchMatMul', 'wasm').kernelFunc;
  readonly #add = tf.getKernel('Add', 'wasm').kernelFunc;
  /** Of the package: makes a real copy. */
  readonly #copy = tf.getKernel('Identity', 'wasm').kernelFunc;
  /** As how many rows each right-hand side was first multiplied by. */
  readonly #rowsOfRight = new WeakMap<object, number>();
  /** Transposes of matrices that do not change, by the data of the matrix. */
  readonly #turned = new Map<object, TensorInfo>();

  constructor(backend: Backend) {
    this.#backend = backend;
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      const freed = disposeData(dataId, force);
      const turned = freed ? this.#turned.get(dataId) : undefined;
      if (turned) {
        this.#turned.delete(dataId);
        disposeData(turned.dataId);
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
      if (quick) return a.shape.length + b.shape.length > 4 ? reshaped(quick, [1, ...quick.shape]) : quick;
      const [left, dropLeft] = attributes.transposeA ? this.#transposed(a) : [a, undefined];
      const [right, dropRight] = attributes.transposeB ? this.#transposed(b) : [b, undefined];
      const [known, dropKnown] = this.#asRight(right);
      const product = original({
        inputs: { ...inputs, a: left, b: known },
        backend,
        attrs: { ...attrs, transposeA: false, transposeB: false },
      });
      dropKnown?.();
      dropLeft?.();
      dropRight?.();
      return product;
    };
  }

  /** What has a faster way than turning what is to be turned. */
  #shortCut(
    a: TensorInfo,
    b: TensorInfo,
    bias: TensorInfo | undefined,
    { transposeA, transposeB, activation = 'linear' }: Attributes,
  ): TensorInfo | undefined {
    if (a.shape.length !== 2 || b.shape.length !== 2) return undefined;
    if (transposeB || activation !== 'linear' || (bias && bias.shape.length !== 1)) return undefined;
    if (transposeA) return bias ? undefined : this.#transposedProduct(a, b);
    return b.shape[1] === 1 && isUnchanging(a) ? this.#columnProduct(a, b, bias) : undefined;
  }

  /**
   * aᵀ·b for `[k, m]` and `[k, n]`. XNNPACK packs its right-hand side anew for every new tensor, which takes four times
   * as long as transposing it: what does not change goes to the right, as (bᵀ·a)ᵀ, and else the larger matrix to the left.
   */
  #transposedProduct(a: TensorInfo, b: TensorInfo): TensorInfo {
    const [m, n] = [a.shape[1], b.shape[1]];
    if (!isUnchanging(a)) return this.#timesTransposed(a, b);
    const product = this.#timesTransposed(b, a);
    if (m === 1 || n === 1) return reshaped(product, [m, n]);
    const [result] = this.#transposed(product);
    this.#backend.disposeData(product.dataId);
    return result;
  }

  #timesTransposed(a: TensorInfo, b: TensorInfo): TensorInfo {
    const [turned, drop] = this.#transposed(a);
    const result = this.#times(turned, b);
    drop?.();
    return result;
  }

  /**
   * a·b + bias for an unchanging `[m, k]` and a column, as (bᵀ·aᵀ)ᵀ: XNNPACK is slow at single columns, and it packs its
   * right-hand side anew for every new tensor.
   */
  #columnProduct(a: TensorInfo, b: TensorInfo, bias?: TensorInfo): TensorInfo {
    const [m, k] = a.shape;
    const [turned] = this.#transposed(a);
    const product = reshaped(this.#times(reshaped(b, [1, k]), turned), [m, 1]);
    if (!bias) return product;
    const sum = this.#add({
      inputs: { a: product, b: bias },
      backend: this.#backend,
      attrs: {},
    }) as TensorInfo;
    this.#backend.disposeData(product.dataId);
    return sum;
  }

  /** The sum of a column, taken as that of a row: the kernel would turn the column first. */
  sum(original: KernelFunc): KernelFunc {
    return ({ inputs, backend, attrs }) => {
      const x = inputs.x as TensorInfo;
      const { axis, keepDims } = attrs as { axis: number | number[] | null; keepDims: boolean };
      const alongRows = axis === 0 || (Array.isArray(axis) && axis.length === 1 && axis[0] === 0);
      if (!alongRows || keepDims || x.shape.length !== 2 || x.dtype !== 'float32' || x.shape[1] !== 1) {
        return original({ inputs, backend, attrs });
      }
      const row = reshaped(x, [1, x.shape[0]]);
      return original({ inputs: { x: row }, backend, attrs: { ...attrs, axis: [1] } });
    };
  }

  #times(a: TensorInfo, b: TensorInfo): TensorInfo {
    const attrs = { transposeA: false, transposeB: false };
    const [right, drop] = this.#asRight(b);
    const product = this.#multiply({ inputs: { a, b: right }, backend: this.#backend, attrs }) as TensorInfo;
    drop?.();
    return product;
  }

  /**
   * A right-hand side as XNNPACK needs it. It remembers one by its memory alone, not by its shape: a row that it has
   * multiplied by as a column would be read beyond its end, so that is copied.
   */
  #asRight(b: TensorInfo): [TensorInfo, (() => void)?] {
    const rows = b.shape[b.shape.length - 2];
    const before = this.#rowsOfRight.get(b.dataId);
    if (before === undefined) this.#rowsOfRight.set(b.dataId, rows);
    if (before === undefined || before === rows) return [b];
    const copy = this.#copy({ inputs: { x: b }, backend: this.#backend, attrs: {} }) as TensorInfo;
    return [reshaped(copy, b.shape), () => void this.#backend.disposeData(copy.dataId)];
  }

  /** The last two dimensions turned, and what gives the memory back where there is any to give back. */
  #transposed(x: TensorInfo): [TensorInfo, (() => void)?] {
    const last = x.shape.length - 1;
    const [rows, columns] = x.shape.slice(-2);
    const shape = [...x.shape.slice(0, -2), columns, rows];
    if (rows === 1 || columns === 1) return [reshaped(x, shape)];
    const known = this.#turned.get(x.dataId);
    if (known) return [reshaped(known, shape)];
    const perm = [...x.shape.keys()].slice(0, -2).concat(last, last - 1);
    const turned = this.#transpose({ inputs: { x }, backend: this.#backend, attrs: { perm } }) as TensorInfo;
    if (isUnchanging(x)) {
      this.#turned.set(x.dataId, turned);
      return [turned];
    }
    return [turned, () => void this.#backend.disposeData(turned.dataId)];
  }
}
