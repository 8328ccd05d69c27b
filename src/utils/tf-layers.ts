/**
 * TensorFlow.js's Layers, for exports. In a file of its own: a bundler would otherwise load what Layers and the core share
 * before training starts.
 */
import type * as tfjsLayers from '@tensorflow/tfjs-layers';
import { require } from './builtin-module.ts';

export const loadLayersPackage = async (): Promise<typeof tfjsLayers> =>
  require ? (require('@tensorflow/tfjs-layers') as typeof tfjsLayers) : import('@tensorflow/tfjs-layers');
