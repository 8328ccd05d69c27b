/**
 * The `float64` backend, the reference: the same model code and the same autodiff in double precision.
 *
 * TensorFlow.js knows no float64, so to it these tensors are `float32`; their data is a `Float64Array`.
 * Numbers and plain arrays are rounded to float32 before any backend sees them: give values that float32
 * cannot hold as `tf.engine().makeTensor(Float64Array, shape, 'float32')` or `tf.fill(shape, number)`.
 */
import { tf } from '../../utils/tf.ts';
import { einsumKernel } from '../einsum.ts';
import { registerMissingKernels } from '../kernels.ts';
import type { Kernels } from './loops.ts';
import { Float64Backend, kernelFunc } from './backend.ts';
import { creations, shapes } from './shape.ts';
import { elementwise } from './elementwise.ts';
import { layers } from './nn.ts';
import { pictures } from './pictures.ts';
import { reductions } from './reduce.ts';
import { windows } from './windows.ts';

const kernels: Kernels = {
  ...creations,
  ...elementwise,
  ...layers,
  ...pictures,
  ...reductions,
  ...shapes,
  ...windows,
};

/** Makes `tf.setBackend('float64')` possible. Calling it again does nothing. */
export function registerFloat64Backend(): void {
  if (tf.engine().backendNames().includes('float64')) return;
  tf.registerBackend('float64', () => new Float64Backend(), 0);
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({ kernelName, backendName: 'float64', kernelFunc: kernelFunc(kernel) });
  }
  tf.registerKernel({ kernelName: 'Einsum', backendName: 'float64', kernelFunc: einsumKernel });
  registerMissingKernels('float64', 'it can be added in src/backend/float64');
  narrowDepartingTensors();
}

/** Other backends copy the bytes of a tensor that moves to them as 32-bit floats. */
function narrowDepartingTensors(): void {
  const engine = tf.engine();
  const moveData = engine.moveData.bind(engine);
  engine.moveData = (target, dataId) => {
    const float64 = engine.findBackend('float64');
    if (!(float64 instanceof Float64Backend)) return moveData(target, dataId);
    float64.narrow = true;
    try {
      moveData(target, dataId);
    } finally {
      float64.narrow = false;
    }
  };
}
