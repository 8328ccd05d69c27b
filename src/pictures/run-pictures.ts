/**
 * The pictures of a run beside its learning curve: those that its kind of data and model allow.
 */
import type { Examples } from '../core/data/dataset.ts';
import { outputsOf } from '../core/scoring/evaluate.ts';
import { decidingProbabilities } from '../core/scoring/metrics.ts';
import { disposeAll, toVariables } from '../core/parameters.ts';
import { called } from '../core/text.ts';
import { titleOf, type RunReport } from '../saved/run-facts.ts';
import { piecesOf } from '../core/data/stored-inputs.ts';

export const reportName = 'report.html';

/** Names of files, without `.svg` and `.png`. */
export const pictureNames = ['decision-boundary', 'weights'] as const;

/** SVG drawings by name. The backend of the run must be in use. */
export async function drawPictures(report: RunReport): Promise<Record<string, string>> {
  const boundary = await drawBoundary(report);
  const weights = await drawPixelWeights(report);
  return {
    ...(boundary && { 'decision-boundary': boundary }),
    ...(weights && { weights }),
  };
}

const pointsPerSide = 120;
const mostPointsShown = 400;

/** Of binary models of two inputs. */
async function drawBoundary({ model, dataset, result, request }: RunReport): Promise<string | undefined> {
  const { test, preprocessing, classNames } = dataset;
  if (model.task !== 'binary' || test.features !== 2 || preprocessing.kind !== 'none') return undefined;
  const [xs, ys] = [0, 1].map((column) => axisOver(test, column));
  const inputs = Float64Array.from(ys.flatMap((y) => xs.flatMap((x) => [x, y])));
  const rows = inputs.length / 2;
  const plane: Examples = { rows, features: 2, inputs, divisor: test.divisor, labels: new Uint8Array(rows) };
  const parameters = toVariables(result.parameters);
  const probabilities = (examples: Examples) => {
    const { logits, outputs } = outputsOf(model, parameters, examples, classNames.length);
    return decidingProbabilities(logits, 'binary', outputs);
  };
  const shown = Math.min(test.rows, mostPointsShown);
  const points = test.inputs.subarray(0, 2 * shown);
  const ofPoints = probabilities(test);
  const values = probabilities(plane);
  disposeAll(parameters);
  const { drawDecisionBoundary } = await import('./plots/decision-boundary.ts');
  return drawDecisionBoundary({
    title: `${titleOf(request.entry.name, request.options)}: decision boundary`,
    classNames: classNames.map(called),
    grid: { xs, ys, values },
    points: Array.from({ length: shown }, (_, row) => ({
      x: points[2 * row],
      y: points[2 * row + 1],
      label: test.labels[row] as 0 | 1,
      predicted: ofPoints[row] > 0.5 ? 1 : 0,
    })),
  });
}

/** Evenly over the data, with a margin. */
function axisOver(examples: Examples, column: number): number[] {
  const { rows } = examples;
  let [least, most] = [Infinity, -Infinity];
  for (const piece of piecesOf(examples)) {
    for (let i = column; i < piece.length; i += 2) {
      least = Math.min(least, piece[i]);
      most = Math.max(most, piece[i]);
    }
  }
  // Ends that read well: 10 more-or-less random points should not end an axis at 9.9837.
  const margin = rows > 50 ? 0 : (most - least || 1) / 2;
  const round = (value: number, up: boolean) => (rows > 50 ? (up ? Math.ceil : Math.floor)(value) : value);
  const [from, to] = [round(least - margin, false), round(most + margin, true)];
  return Array.from({ length: pointsPerSide }, (_, i) => from + ((to - from || 1) * i) / (pointsPerSide - 1));
}

/** Of models whose first weights belong to the pixels of a picture. */
async function drawPixelWeights({ dataset, result, request }: RunReport): Promise<string | undefined> {
  const { preprocessing, train } = dataset;
  const [first] = Object.values(result.parameters);
  if (preprocessing.kind !== 'image' || first?.shape.length !== 2 || first.shape[0] !== train.features) {
    return undefined;
  }
  const { height, width, channels } = preprocessing;
  const { drawWeights } = await import('./plots/weights-picture.ts');
  const [name] = Object.keys(result.parameters);
  return drawWeights({
    title: `${request.entry.name}: learned ${name}`,
    ...{ height, width, channels, values: first.values, units: first.shape[1] },
  });
}
