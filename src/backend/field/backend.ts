/**
 * The float64 backend's storage, with elements of a field beside numbers. A number of the host stays one until a kernel
 * asks for it: so constants outlive the field in which they were last used.
 */
import { tf, type Tensor } from '../../utils/tf.ts';
import { Float64Backend } from '../float64/backend.ts';
import { elementwise as plainElementwise } from '../float64/elementwise.ts';
import type { Kernel, Kernels, NdArray } from '../float64/loops.ts';
import { reductions as plainReductions } from '../float64/reduce.ts';
import { UnsupportedError } from '../kernels.ts';
import type { Field } from './field.ts';
import { functionsOf } from './functions.ts';
import { convolutions } from './kernels/convolution.ts';
import { creations, encode, moves } from './kernels/create.ts';
import { comparisons, elementwise } from './kernels/elementwise.ts';
import { products } from './kernels/products.ts';
import { reductions } from './kernels/reductions.ts';

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
      throw new UnsupportedError('elements of a field cannot be read as numbers');
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

/** The float64 backend's kernels for whole numbers and truth values, which are not elements of the field. */
const plain: Kernels = { ...plainElementwise, ...plainReductions };
const logical = ['LogicalNot', 'LogicalAnd', 'LogicalOr', 'Select', 'All', 'Any'];

function kernelsOver(field: Field): Kernels {
  const functions = functionsOf(field);
  const onElements = elementwise(field, functions);
  const computing: Kernels = {
    ...onElements,
    ...comparisons(field),
    ...reductions(field, functions),
    ...products(field, onElements),
    ...convolutions(field),
  };
  const either = (name: string, kernel: Kernel): Kernel => {
    if (!Object.hasOwn(plain, name)) return kernel;
    return (inputs, attributes) =>
      Object.values(inputs).some(({ dtype }) => dtype === 'float32')
        ? kernel(inputs, attributes)
        : plain[name](inputs, attributes);
  };
  return {
    ...creations(field),
    ...moves(field),
    ...Object.fromEntries(logical.map((name) => [name, plain[name]])),
    ...Object.fromEntries(Object.entries(computing).map(([name, kernel]) => [name, either(name, kernel)])),
  };
}
