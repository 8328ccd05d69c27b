/**
 * The `field` backend: TensorFlow.js computes with elements of a finite field in place of numbers, and nothing is ever
 * rounded. Two formulas that are equal give equal elements everywhere, two that differ differ nearly everywhere.
 */
import { tf } from '../../utils/tf.ts';
import { kernelFunc } from '../float64/backend.ts';
import { registerMissingKernels } from '../kernels.ts';
import { activeBackend } from '../backend-lock.ts';
import { FieldBackend } from './backend.ts';
import type { Field } from './field.ts';

export { FieldBackend } from './backend.ts';
export { longestChain, randomChain, shortestChain, supplies } from './chains.ts';
export { type Drawn, Field, type Structure } from './field.ts';
export { reasons, type Reason } from './remainders.ts';
export { MeasuringField, type FormulaSize } from './formula-size.ts';

const fieldBackendName = 'field';

let backend: FieldBackend | undefined;

/** Runs `work` while TensorFlow.js computes in `field`; afterwards the backend from before is active again. */
export function withField<T>(field: Field, work: (backend: FieldBackend) => T): T {
  const before = activeBackend();
  const inUse = (backend ??= new FieldBackend());
  const isNew = !tf.engine().backendNames().includes(fieldBackendName);
  inUse.field = field;
  if (isNew) register(inUse);
  void tf.setBackend(fieldBackendName); // at once: its factory does not return a promise
  try {
    return work(inUse);
  } finally {
    if (before) void tf.setBackend(before);
  }
}

function register(made: FieldBackend): void {
  tf.registerBackend(fieldBackendName, () => made, 0);
  for (const kernelName of Object.keys(made.kernels)) {
    tf.registerKernel({
      kernelName,
      backendName: fieldBackendName,
      // Looked up at each call: the field changes.
      kernelFunc: kernelFunc((inputs, attributes) => made.kernels[kernelName](inputs, attributes)),
    });
  }
  registerMissingKernels(fieldBackendName, 'it can be added in src/backend/field/kernels');
}
