import type { Preprocessing, TargetScale } from '../../core/data/dataset.ts';
import type { NamedArray } from '../formats/arrays.ts';
import type { WeightsFile } from '../weights.ts';

/** An array in a file of parameters. */
export interface FoundArray {
  name: string;
  array: NamedArray;
  /** Was turned to the order of our models, from channels first. */
  hadChannelsFirst?: boolean;
}

/** What a file of parameters turned out to hold. */
export interface Source {
  /** How messages call it. */
  format: 'npz' | 'safetensors' | 'Layers model' | 'ONNX';
  /** In the order of the network, as far as the file has one. */
  arrays: FoundArray[];
  /** What our own exports say beside their arrays. */
  file?: Omit<WeightsFile, 'parameters'>;
  /** How inputs and outputs are scaled, where the file has arrays of that. */
  preparation?: { preprocessing?: Preprocessing; target?: TargetScale };
  /** The file's own answers, row-major, on the backend that is in use. @throws where it does what is not known here */
  run?: (rows: number[][]) => Float64Array;
}
