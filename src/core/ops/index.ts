/** The operations that models share, beside those of TensorFlow.js itself. */
export { addScaled } from './add-scaled.ts';
export { linear } from './linear.ts';
export { transposedMatMul, matMulTransposed, sumRows } from './by-hand.ts';
export { constant } from '../tensors.ts';
