/**
 * The pictures of a run beside its learning curve: those that its kind of data and model allow.
 */
import { disposeBatch, makeBatch } from '../../data/batches.ts';
import { allInputs, type Examples } from '../../data/dataset.ts';
import { decidingProbabilities } from '../../evaluation/metrics.ts';
import { disposeAll, toVariables } from '../../model/parameters.ts';
import { valuesOf } from '../../utils/tensors.ts';
import { called } from '../../utils/text.ts';
import { tf } from '../../utils/tf.ts';
import { trainedOutputs } from '../scores.ts';
import { titleOf, type RunReport } from '../../weights/run-record.ts';

export const reportName = 'report.html';

/** Names of files, without `.svg` and `.png`. */
export const pictureNames = ['decision-boundary', 'weights', 'feature-maps'] as const;

type Drawing = () => Promise<string>;

/** What can be drawn of a run, by name: SVG, when it is asked for. The backend of the run must then be in use. */
export function picturesOf(report: RunReport): Record<string, Drawing> {
  const found: [name: (typeof pictureNames)[number], drawing: Drawing | undefined][] = [
    ['decision-boundary', boundaryOf(report)],
    ['weights', pixelWeightsOf(report)],
    ['feature-maps', mapsOf(report)],
  ];
  return Object.fromEntries(found.filter((entry): entry is [never, Drawing] => entry[1] !== undefined));
}

const pointsPerSide = 120;
const maxPointsShown = 400;

/** Of binary models of two inputs. */
function boundaryOf(report: RunReport): Drawing | undefined {
  const { model, dataset, request } = report;
  const { test, preprocessing, classNames } = dataset;
  if (model.task !== 'binary' || test.features !== 2 || preprocessing.kind !== 'none') return undefined;
  return async () => {
    const [xs, ys] = [0, 1].map((column) => axisOver(test, column));
    const inputs = Float64Array.from(ys.flatMap((y) => xs.flatMap((x) => [x, y])));
    const rows = inputs.length / 2;
    const plane: Examples = {
      rows,
      features: 2,
      inputs,
      divisor: test.divisor,
      labels: new Uint8Array(rows),
    };
    const probabilities = (examples: Examples) => {
      const { logits, outputs } = trainedOutputs(report, examples);
      return decidingProbabilities(logits, 'binary', outputs);
    };
    const shown = Math.min(test.rows, maxPointsShown);
    const points = test.inputs.subarray(0, 2 * shown);
    const ofPoints = probabilities(test);
    const values = probabilities(plane);
    const { drawDecisionBoundary } = await import('./decision-boundary.ts');
    return drawDecisionBoundary({
      title: `${titleOf(request.definition.name, request.options)}: decision boundary`,
      classNames: classNames.map(called),
      grid: { xs, ys, values },
      points: Array.from({ length: shown }, (_, row) => ({
        x: points[2 * row],
        y: points[2 * row + 1],
        label: test.labels[row] as 0 | 1,
        predicted: ofPoints[row] > 0.5 ? 1 : 0,
      })),
    });
  };
}

/** Evenly over the data, with a margin. */
function axisOver(examples: Examples, column: number): number[] {
  const { rows } = examples;
  let [least, most] = [Infinity, -Infinity];
  const all = allInputs(examples);
  for (let i = column; i < all.length; i += 2) {
    least = Math.min(least, all[i]);
    most = Math.max(most, all[i]);
  }
  // Ends that read well: 10 more-or-less random points should not end an axis at 9.9837.
  const margin = rows > 50 ? 0 : (most - least || 1) / 2;
  const round = (value: number, up: boolean) => (rows > 50 ? (up ? Math.ceil : Math.floor)(value) : value);
  const [from, to] = [round(least - margin, false), round(most + margin, true)];
  return Array.from({ length: pointsPerSide }, (_, i) => from + ((to - from || 1) * i) / (pointsPerSide - 1));
}

/** Of models whose first weights belong to the pixels of a picture, or are filters that look at it. */
function pixelWeightsOf({ dataset, result, request }: RunReport): Drawing | undefined {
  const { preprocessing, train } = dataset;
  const [[name, first] = []] = Object.entries(result.parameters);
  if (preprocessing.kind !== 'image' || !first) return undefined;
  const { shape, values } = first;
  const filters = shape.length === 4 && shape[2] === preprocessing.channels;
  if (!filters && !(shape.length === 2 && shape[0] === train.features)) return undefined;
  return async () => {
    const { drawWeights } = await import('./weights-picture.ts');
    return drawWeights({
      title: `${request.definition.name}: learned ${name}`,
      height: filters ? shape[0] : preprocessing.height,
      width: filters ? shape[1] : preprocessing.width,
      channels: preprocessing.channels,
      values,
      units: shape.at(-1)!,
      unitsAre: filters ? 'filters' : 'hidden units',
    });
  };
}

/** Of models that say which of their activations are pictures, for the first test row. */
function mapsOf({ model, dataset, result, request }: RunReport): Drawing | undefined {
  const { preprocessing, test, classNames } = dataset;
  const { featureMaps } = request.definition;
  if (preprocessing.kind !== 'image' || !featureMaps) return undefined;
  return async () => {
    const batch = makeBatch(test, { task: model.task, classes: classNames.length }, undefined, 0, 1);
    const parameters = toVariables(result.parameters);
    const maps = tf.tidy(() => {
      const activations = model.forward(parameters, batch.x);
      return featureMaps.map((name) => activations[name]);
    });
    const layers = maps.map((map, i) => {
      const [, height, width, units] = map.shape;
      return { name: featureMaps[i], height, width, channels: 1, units, values: valuesOf(map) };
    });
    const input = { name: 'input', ...preprocessing, units: 1, values: valuesOf(batch.x) };
    tf.dispose(maps);
    disposeAll(parameters);
    disposeBatch(batch);
    const { drawFeatureMaps } = await import('./weights-picture.ts');
    const title = `${request.definition.name}: what it makes of test row 1, ${called(classNames[test.labels[0]])}`;
    return drawFeatureMaps(title, input, layers);
  };
}
