/**
 * What training asks of TensorFlow.js's data package: batches one by one. A page does without the package, which would be a
 * fiftieth of all that it loads.
 */
import type * as tfjsData from '@tensorflow/tfjs-data';

const withIterator = (batches: () => Iterator<unknown>) => ({ iterator: () => Promise.resolve(batches()) });

export const generator = withIterator as unknown as typeof tfjsData.generator;
