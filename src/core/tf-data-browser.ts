/** Of TensorFlow.js's data package what training uses, so that a bundle leaves out the rest. */
export { generator } from '@tensorflow/tfjs-data';
