/**
 * Where the tensors of the float64 backend live: a table from data ids to plain arrays, with reference counts.
 */
import { tf } from '../../utils/tf.ts';
import type { DataType, KernelFunc, TensorInfo } from '../../utils/tf.ts';
import { arrayTypeOf, type Kernel, type NdArray, type Values } from './loops.ts';

type Base = InstanceType<typeof tf.KernelBackend>;
type DataId = TensorInfo['dataId'];
type HostValues = Parameters<Base['write']>[0];

interface Stored {
  values: Values;
  references: number;
}

export class Float64Backend extends tf.KernelBackend {
  readonly isDoublePrecision = true;
  readonly #stored = new tf.DataStorage<Stored>(this, tf.engine());
  /** Set while another backend takes tensors over: it expects 32-bit floats. */
  narrow = false;
  /**
   * Called with new data and the inputs of the kernel that made it (none where a program wrote it), before anything reads it. It may
   * change the values. Reshaping makes no new data. Off except while a computation is followed.
   */
  onNewData?: (
    data: { dataId: DataId; values: Values },
    inputs: Record<string, TensorInfo | undefined>,
  ) => void;

  /** Copies, so that nobody changes a tensor by changing the array it was made from. */
  override write(values: HostValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: DataId, values: HostValues, _shape: number[], dtype: DataType, references: number) {
    const copy = new (arrayTypeOf(dtype))(values as Values);
    this.#stored.set(dataId, { values: copy, references });
    this.onNewData?.({ dataId, values: copy }, {});
  }

  /** A copy: a `Float64Array` for `float32` tensors. */
  override readSync(dataId: DataId): HostValues {
    const { values } = this.#stored.get(dataId);
    const narrowed = this.narrow && values instanceof Float64Array;
    return (narrowed ? new Float32Array(values) : values.slice()) as HostValues;
  }

  override read(dataId: DataId): Promise<HostValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  /** A kernel's input. Data of another backend moves here first. */
  array({ dataId, shape, dtype }: TensorInfo): NdArray {
    return { shape, dtype, values: this.#stored.get(dataId).values };
  }

  /** A kernel's output; one that returns the values of an input shares that input's data. */
  tensorInfo({ shape, dtype, values }: NdArray, inputs: Record<string, TensorInfo | undefined>): TensorInfo {
    for (const name in inputs) {
      const input = inputs[name];
      if (input && this.#stored.get(input.dataId).values === values) {
        this.incRef(input.dataId);
        return { dataId: input.dataId, shape, dtype };
      }
    }
    const dataId = {};
    this.#stored.set(dataId, { values, references: 1 });
    this.onNewData?.({ dataId, values }, inputs);
    return { dataId, shape, dtype };
  }

  override refCount(dataId: DataId): number {
    return this.#stored.has(dataId) ? this.#stored.get(dataId).references : 0;
  }

  override incRef(dataId: DataId): void {
    this.#stored.get(dataId).references++;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#stored.has(dataId)) return true;
    const stored = this.#stored.get(dataId);
    stored.references--;
    if (stored.references > 0 && !force) return false;
    this.#stored.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#stored.numDataIds();
  }

  override memory() {
    return { unreliable: true, reasons: ['TensorFlow.js counts 4 bytes per number where there are 8.'] };
  }

  override time(run: () => void) {
    const start = performance.now();
    run();
    return Promise.resolve({ kernelMs: performance.now() - start });
  }

  /** The type allows no 64. */
  override floatPrecision(): 16 | 32 {
    return 32;
  }

  /** The same as on other backends, so that an optimizer's default ε, and with it its path, is the same too. */
  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}

/** Lets TensorFlow.js call a kernel. */
export const kernelFunc =
  (kernel: Kernel): KernelFunc =>
  ({ inputs, attrs, backend }) => {
    const float64 = backend as Float64Backend;
    const arrays: Record<string, NdArray> = {};
    for (const name in inputs) {
      const input = inputs[name];
      if (input) arrays[name] = float64.array(input);
    }
    const result = kernel(arrays, attrs as never);
    return Array.isArray(result)
      ? result.map((array) => float64.tensorInfo(array, inputs))
      : float64.tensorInfo(result, inputs);
  };
