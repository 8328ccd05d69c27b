/** A Layers model in memory, to and from the two files that hold one. */
import { loadLayersPackage } from '../../core/tf-layers.ts';
import { tf } from '../../core/tf.ts';
import type { SavedModel } from '../saved-model.ts';

export interface LayersFiles {
  'model.json': string;
  'weights.bin': Uint8Array;
}

type Layers = Awaited<ReturnType<typeof loadLayersPackage>>;
type Container = ReturnType<Layers['model']>;

export async function layersFiles(model: Container, tfl: Layers, { file }: SavedModel): Promise<LayersFiles> {
  const { classNames, preprocessing, training } = file;
  let files: LayersFiles | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs, weightData } = artifacts;
      const content = {
        format: 'layers-model',
        generatedBy: `TensorFlow.js tfjs-layers v${tfl.version_layers}`,
        userDefinedMetadata: { model: file.model, classNames, preprocessing, training },
        modelTopology,
        weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
      };
      files = {
        'model.json': `${JSON.stringify(content)}\n`,
        'weights.bin': new Uint8Array(weightData as ArrayBuffer),
      };
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return files!;
}

/**
 * Loads the files as any program does.
 *
 * @param inputs prepared rows, `[rows, features]` row-major
 * @returns the outputs, row-major, in the precision of the backend that is in use
 */
export async function runLayers(
  files: LayersFiles,
  inputs: Float64Array,
  features: number,
): Promise<Float64Array> {
  const tfl = await loadLayersPackage();
  const { modelTopology, weightsManifest } = JSON.parse(files['model.json']) as {
    modelTopology: object;
    weightsManifest: [{ weights: never[] }];
  };
  const weightData = Uint8Array.from(files['weights.bin']).buffer;
  const [{ weights: weightSpecs }] = weightsManifest;
  const model = await tfl.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const x = tf.engine().makeTensor(inputs as never, [inputs.length / features, features], 'float32');
  const y = model.predict(x) as typeof x;
  const outputs = Float64Array.from(y.dataSync());
  tf.dispose([x, y]);
  model.dispose();
  return outputs;
}
