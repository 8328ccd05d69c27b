/**
 * A trained model as a TensorFlow.js Layers model: `model.json` and `weights.bin`, which plain TensorFlow.js loads
 * without this package (and `tensorflowjs_converter` turns into Keras).
 */
import { InputError } from '../../core/errors.ts';
import { predict } from '../../core/scoring/predict.ts';
import { RandomState } from '../../core/random.ts';
import type { SavedModel } from '../saved-model.ts';
import { loadLayersPackage } from '../../core/tf-layers.ts';
import { tf } from '../../core/tf.ts';

export interface LayersFiles {
  'model.json': string;
  'weights.bin': Uint8Array;
}

/** Of hidden units; which one a model has is found by trial, so that no model need tell. */
const activations = ['sigmoid', 'relu', 'tanh', 'linear'] as const;
const trialRows = 16;
/** Of probabilities; float32 in another order of additions is far closer. */
const tolerance = 1e-4;

/**
 * Builds the chain of dense layers that the parameters suggest and compares its outputs with the model's on random
 * inputs, so that nothing is exported that computes something else.
 *
 * @throws InputError for a model that is no such chain, as document 004's XORNet with its shared weights
 */
export async function layersFiles(saved: SavedModel): Promise<LayersFiles> {
  const { file, features } = saved;
  const inputs = new RandomState(1).uniform(-3, 3, trialRows * features);
  const expected = predict(saved.model, saved.parameters, inputs, features, file);
  const tfl = await loadLayersPackage();
  for (const hidden of activations) {
    const chain = denseChain(tfl, saved, hidden);
    if (!chain) break;
    try {
      if (!(await computesTheSame(chain, saved, inputs, expected))) continue;
      return await filesOf(chain, saved);
    } finally {
      chain.dispose();
    }
  }
  throw new InputError(
    `The model ${file.model} is no chain of dense layers and cannot be exported as one; use --format json or npz.`,
  );
}

type Layers = Awaited<ReturnType<typeof loadLayersPackage>>;
type Chain = ReturnType<Layers['sequential']>;

/** Pairs of weights and bias in the order of the parameters; undefined where they are something else. */
function denseChain(
  tfl: Layers,
  { parameters, features, model }: SavedModel,
  hidden: string,
): Chain | undefined {
  const names = Object.keys(parameters);
  const layers = names.filter((name) => /weights$/i.test(name)).map((name) => name.replace(/weights$/i, ''));
  const chain = tfl.sequential();
  let columns = features;
  for (const [i, layer] of layers.entries()) {
    const [weights, bias] = ['Weights', 'Bias'].map(
      (kind) => parameters[layer === '' ? kind.toLowerCase() : layer + kind],
    );
    const units = weights?.shape[1];
    const fits = weights?.shape.length === 2 && weights.shape[0] === columns && bias?.values.length === units;
    if (!fits) return undefined;
    const last = i === layers.length - 1;
    const activation = last ? (model.task === 'binary' ? 'sigmoid' : 'softmax') : hidden;
    chain.add(
      tfl.layers.dense({
        name: layer === '' ? 'output' : layer,
        units,
        activation: activation as 'sigmoid',
        ...(i === 0 && { inputShape: [features] }),
        weights: [
          tf.tensor2d(Float32Array.from(weights.values), [columns, units]),
          tf.tensor1d(Float32Array.from(bias.values)),
        ],
      }),
    );
    columns = units;
  }
  return names.length === 2 * layers.length && layers.length > 0 ? chain : undefined;
}

async function computesTheSame(
  chain: Chain,
  { features, model }: SavedModel,
  inputs: Float64Array,
  expected: { probabilities: number[] }[],
): Promise<boolean> {
  const x = tf.tensor2d(Float32Array.from(inputs), [trialRows, features]);
  const y = chain.predict(x) as ReturnType<typeof tf.tensor2d>;
  const rows = await y.array();
  tf.dispose([x, y]);
  return expected.every(({ probabilities }, i) => {
    const wanted = model.task === 'binary' ? probabilities.slice(1) : probabilities;
    return rows[i].length === wanted.length && wanted.every((p, k) => Math.abs(p - rows[i][k]) <= tolerance);
  });
}

async function filesOf(chain: Chain, { file }: SavedModel): Promise<LayersFiles> {
  const { classNames, preprocessing, training } = file;
  let files: LayersFiles | undefined;
  await chain.save(
    tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs, weightData } = artifacts;
      const content = {
        format: 'layers-model',
        generatedBy: artifacts.generatedBy,
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
