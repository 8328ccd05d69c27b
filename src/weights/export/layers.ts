/**
 * A graph as a TensorFlow.js Layers model: `model.json` and `weights.bin`, which plain TensorFlow.js loads without this
 * package, and `tensorflowjs_converter` turns into Keras.
 */
import { onBackend } from '../../backend/index.ts';
import type { ParameterValues } from '../../model/initializers.ts';
import { InputError } from '../../utils/errors.ts';
import { tf } from '../../utils/tf.ts';
import { loadLayersPackage } from '../../utils/tf-layers.ts';
import type { SavedModel } from '../saved-model.ts';
import { largestEnd, type Attributes, type Graph, type Step } from './graph.ts';

export interface LayersFiles {
  'model.json': string;
  'weights.bin': Uint8Array;
}

type Layers = Awaited<ReturnType<typeof loadLayersPackage>>;
type Layer = InstanceType<Layers['layers']['Layer']>;
type Symbolic = ReturnType<Layers['input']>;
type Container = ReturnType<Layers['model']>;

/**
 * @param graph from prepared inputs, as the Layers model takes them
 * @throws InputError for a model with a step that no layer does
 */
export async function layersOf(saved: SavedModel, graph: Graph): Promise<LayersFiles> {
  const tfl = await loadLayersPackage();
  // Plain JavaScript: nothing is computed but the bytes of the weights, and no library need be loaded for it.
  return onBackend('cpu', {}, async () => {
    let model!: Container;
    // Layers copy the weights that they are given. Not returned through `tidy`, which would look for tensors in the model.
    tf.tidy(() => {
      model = new LayersWriter(tfl, graph).model(saved.file.model);
    });
    try {
      return await layersFiles(model, tfl, saved);
    } finally {
      model.dispose();
    }
  });
}

/** Steps that go into the layer before them; Layers has the same names for them. */
const activations = ['elu', 'relu', 'sigmoid', 'softmax', 'softplus', 'tanh'] as const;
const activationOf = ({ op }: Pick<Step, 'op'>) => activations.find((name) => name === op);

class LayersWriter {
  readonly #tfl: Layers;
  readonly #graph: Graph;
  readonly #values = new Map<string, Symbolic>();
  readonly #done = new Set<Step>();
  readonly #names = new Map<string, number>();

  constructor(tfl: Layers, graph: Graph) {
    this.#tfl = tfl;
    this.#graph = graph;
  }

  model(name: string): Container {
    const { input, output, features, steps } = this.#graph;
    const inputs = this.#tfl.input({ shape: [features], name: input });
    this.#values.set(input, inputs);
    for (const step of steps) {
      if (this.#done.has(step)) continue;
      if (step.op === 'matMul' || step.op === 'convolution') this.#addWeighted(step);
      else this.#set(step.output, this.#layer(step), step);
    }
    return this.#tfl.model({ inputs, outputs: this.#values.get(output)!, name });
  }

  /** A layer with weights, and the bias and the activation that follow. */
  #addWeighted(step: Step): void {
    const { constants } = this.#graph;
    const weights = constants[step.inputs[1]] ?? refuse('a product of two computed values');
    let last = step;
    let bias: Float64Array | undefined;
    const next = this.#onlyUse(step);
    if (next?.op === 'add' && next.inputs[0] === step.output) {
      const vector = constants[next.inputs[1]];
      if (vector?.shape.length === 1) [last, bias] = [next, vector.values];
    }
    const units = this.#graph.shapes[last.output].at(-1)!;
    const after = this.#onlyUse(last);
    const activation = after && activationOf(after);
    const end = activation ? after : last;
    for (const each of [step, last, end]) this.#done.add(each);
    const common = {
      name: this.#name(step.inputs[1].replace(/(weights|filters)$/i, '') || 'output'),
      activation: activation ?? ('linear' as const),
      useBias: bias !== undefined,
    };
    const kernel = tf.tensor(Float32Array.from(columns(weights, units)), weights.shape.with(-1, units));
    const held = bias ? [kernel, tf.tensor1d(Float32Array.from(bias))] : [kernel];
    const { dense, conv2d } = this.#tfl.layers;
    const layer =
      step.op === 'matMul'
        ? dense({ ...common, units, weights: held })
        : conv2d({
            ...common,
            filters: units,
            kernelSize: weights.shape.slice(0, 2),
            weights: held,
            strides: step.attributes.strides as [number, number],
            padding: this.#padding(step, weights.shape),
          });
    this.#set(end.output, layer, step);
  }

  #layer({ op, inputs, output, attributes }: Step): Layer {
    const { layers } = this.#tfl;
    const name = this.#name(output);
    const { constants, shapes } = this.#graph;
    const activation = activationOf({ op });
    if (activation) return layers.activation({ name, activation });
    const number = inputs.map((input) => constants[input]).find((each) => each?.shape.length === 0)
      ?.values[0];
    const isFirst = constants[inputs[0]] === undefined;
    const scaled = (scale: number, offset: number) => layers.rescaling({ name, scale, offset });
    switch (op) {
      case 'reshape':
        return shapes[output].length === 2
          ? layers.flatten({ name })
          : layers.reshape({ name, targetShape: shapes[output].slice(1) });
      case 'concat':
        if (attributes.axis !== shapes[output].length - 1) break;
        return layers.concatenate({ name });
      case 'maxPool':
      case 'averagePool': {
        const pool = {
          name,
          poolSize: attributes.size as [number, number],
          strides: attributes.strides as [number, number],
          padding: this.#padding({ op, inputs, output, attributes }, attributes.size as number[]),
        };
        return op === 'maxPool' ? layers.maxPooling2d(pool) : layers.averagePooling2d(pool);
      }
      case 'slice':
        return this.#selection(name, shapes[inputs[0]], attributes);
      case 'negative':
        return scaled(-1, 0);
      case 'add':
        return number === undefined ? layers.add({ name }) : scaled(1, number);
      case 'subtract':
        if (number === undefined) break;
        return isFirst ? scaled(1, -number) : scaled(-1, number);
      case 'multiply':
        return number === undefined ? layers.multiply({ name }) : scaled(number, 0);
      case 'divide':
        if (number === undefined || !isFirst) break;
        return scaled(1 / number, 0);
    }
    return refuse(op);
  }

  /** Some columns, as a product with ones and zeros. */
  #selection(name: string, shape: number[], { begin, end }: Attributes): Layer {
    const [[firstRow, first], [lastRow, last]] = [begin, end] as number[][];
    if (shape.length !== 2 || firstRow !== 0 || lastRow !== largestEnd) refuse('a slice of rows');
    const units = Math.min(last, shape[1]) - first;
    const ones = Float32Array.from({ length: shape[1] * units }, (_, i) =>
      Math.floor(i / units) === first + (i % units) ? 1 : 0,
    );
    const weights = [tf.tensor2d(ones, [shape[1], units])];
    return this.#tfl.layers.dense({ units, useBias: false, weights, name });
  }

  #padding({ inputs, attributes }: Step, size: readonly number[]): 'valid' | 'same' {
    const pads = attributes.pads as number[];
    if (pads.every((pad) => pad === 0)) return 'valid';
    const [, ...shape] = this.#graph.shapes[inputs[0]];
    const { padInfo: same } = tf.backend_util.computePool2DInfo(
      [1, ...shape] as [number, number, number, number],
      size.slice(0, 2) as [number, number],
      attributes.strides as [number, number],
      1,
      'same',
    );
    if (pads.join() === [same.top, same.left, same.bottom, same.right].join()) return 'same';
    return refuse('a padding of its own');
  }

  /** The step that a value goes to, where there is one alone. */
  #onlyUse({ output }: Step): Step | undefined {
    const uses = this.#graph.steps.filter(({ inputs }) => inputs.includes(output));
    return uses.length === 1 && output !== this.#graph.output ? uses[0] : undefined;
  }

  #set(output: string, layer: Layer, { inputs }: Step): void {
    const given = inputs
      .filter((name) => !this.#graph.constants[name])
      .map((name) => this.#values.get(name)!);
    if (given.length === 0 || given.includes(undefined as never)) refuse('a step on constants');
    this.#values.set(output, layer.apply(given.length === 1 ? given[0] : given) as Symbolic);
  }

  #name(wanted: string): string {
    const known = this.#names.get(wanted) ?? 0;
    this.#names.set(wanted, known + 1);
    return known === 0 ? wanted : `${wanted}_${known + 1}`;
  }
}

const refuse = (what: string): never => {
  throw new InputError(
    `The model has ${what}, which no layer computes: it cannot be exported as layers; use --format onnx or js.`,
  );
};

/** Columns of weights that are shared between several units, once for each. */
function columns({ shape, values }: ParameterValues, units: number): Float64Array {
  const count = shape.at(-1)!;
  const length = (values.length / count) * units;
  return Float64Array.from({ length }, (_, i) => values[Math.floor(i / units) * count + (i % count)]);
}

async function layersFiles(model: Container, tfl: Layers, { file }: SavedModel): Promise<LayersFiles> {
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
