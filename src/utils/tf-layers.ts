/** TensorFlow.js's Layers, which exports and comparisons use and training does not. */
import type * as tfjsLayers from '@tensorflow/tfjs-layers';
import { require } from './tf.ts';

export const loadLayersPackage = async (): Promise<typeof tfjsLayers> =>
  require ? (require('@tensorflow/tfjs-layers') as typeof tfjsLayers) : import('@tensorflow/tfjs-layers');
