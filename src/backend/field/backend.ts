/**
 * The float64 backend's storage, with elements of a field beside numbers. A number of the host stays one until a kernel
 * asks for it: so constants outlive the field in which they were last used.
 */
import { tf, type Tensor } from '../../utils/tf.ts';
import { Float64Backend } from '../float64/backend.ts';
import type { Kernels, NdArray } from '../float64/loops.ts';
import { UnsupportedError } from '../kernels.ts';
import type { Field } from './field.ts';
import { encode } from './kernels/create.ts';
import { kernelsOver } from './kernels/index.ts';

type DataId = Tensor['dataId'];

export class FieldBackend extends Float64Backend {
  #field!: Field;
  kernels!: Kernels;
  /** Data that came from the host as numbers. */
  readonly #numbers = new WeakSet<DataId>();

  /** Where the next kernels compute. Tensors of another field must not be used any more. */
  set field(field: Field) {
    this.#field = field;
    this.kernels = kernelsOver(field);
  }

  get field(): Field {
    return this.#field;
  }

  override move(...[dataId, ...rest]: Parameters<Float64Backend['move']>): void {
    super.move(dataId, ...rest);
    this.#numbers.add(dataId);
  }

  override array(info: Pick<Tensor, 'dataId' | 'shape' | 'dtype'>): NdArray {
    const stored = super.array(info);
    return this.#numbers.has(info.dataId) ? encode(this.#field, stored) : stored;
  }

  override readSync(dataId: DataId): ReturnType<Float64Backend['readSync']> {
    const values = super.readSync(dataId);
    if (values instanceof Float64Array && !this.#numbers.has(dataId)) {
      throw new UnsupportedError('elements of a field are no numbers that could be read');
    }
    return values;
  }

  /** The elements of a float tensor. */
  elementsOf(tensor: Tensor): Float64Array {
    return this.array(tensor).values as Float64Array;
  }

  /** A tensor of elements. */
  tensorOf(elements: Float64Array, shape: number[]): Tensor {
    const info = this.tensorInfo({ shape, dtype: 'float32', values: elements }, {});
    return tf.engine().makeTensorFromTensorInfo(info);
  }
}
