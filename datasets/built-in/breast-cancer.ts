/**
 * A table of the kind of the Wisconsin breast cancer data, drawn and not measured: it has that table's columns,
 * orders of magnitude and class sizes, and a network learns it about as well, but no row belongs to a patient.
 */
import type { Examples } from '../../src/data/dataset.ts';
import { exp } from '../../src/utils/math.ts';
import { RandomState } from '../../src/utils/random.ts';

export const malignantRows = 212;
export const benignRows = 357;

/**
 * One line per column: its name, the typical value of a malignant and of a benign tumour, the spread of its
 * logarithm, and how much of that spread comes from two hidden causes which the columns share: the size of the
 * tumour's nuclei and the irregularity of their outline.
 */
type Column = [name: string, malignant: number, benign: number, spread: number, size: number, shape: number];

const columns: Column[] = [
  ['mean radius', 17, 12, 0.16, 0.98, 0],
  ['mean texture', 21, 18, 0.2, 0.2, 0.1],
  ['mean perimeter', 110, 78, 0.17, 0.97, 0.1],
  ['mean area', 930, 450, 0.32, 0.98, 0],
  ['mean smoothness', 0.1, 0.092, 0.13, 0, 0.6],
  ['mean compactness', 0.13, 0.075, 0.38, 0.2, 0.9],
  ['mean concavity', 0.15, 0.04, 0.7, 0.3, 0.85],
  ['mean concave points', 0.082, 0.024, 0.5, 0.45, 0.75],
  ['mean symmetry', 0.19, 0.17, 0.14, 0, 0.55],
  ['mean fractal dimension', 0.062, 0.062, 0.1, -0.45, 0.7],
  ['radius error', 0.52, 0.27, 0.42, 0.6, 0.2],
  ['texture error', 1.1, 1.1, 0.42, 0, 0.1],
  ['perimeter error', 3.7, 1.9, 0.42, 0.6, 0.3],
  ['area error', 59, 20, 0.48, 0.8, 0.1],
  ['smoothness error', 0.0063, 0.0067, 0.32, -0.2, 0.3],
  ['compactness error', 0.028, 0.018, 0.55, 0, 0.8],
  ['concavity error', 0.037, 0.021, 0.65, 0, 0.8],
  ['concave points error', 0.014, 0.0091, 0.45, 0.1, 0.75],
  ['symmetry error', 0.019, 0.02, 0.32, -0.1, 0.35],
  ['fractal dimension error', 0.0037, 0.003, 0.42, -0.1, 0.75],
  ['worst radius', 21, 13, 0.17, 0.95, 0.05],
  ['worst texture', 29, 23, 0.2, 0.2, 0.15],
  ['worst perimeter', 140, 86, 0.18, 0.94, 0.15],
  ['worst area', 1300, 540, 0.34, 0.95, 0.05],
  ['worst smoothness', 0.14, 0.12, 0.15, 0, 0.55],
  ['worst compactness', 0.33, 0.16, 0.48, 0.15, 0.85],
  ['worst concavity', 0.41, 0.14, 0.6, 0.2, 0.85],
  ['worst concave points', 0.18, 0.07, 0.38, 0.4, 0.75],
  ['worst symmetry', 0.31, 0.27, 0.18, 0, 0.5],
  ['worst fractal dimension', 0.09, 0.078, 0.18, -0.1, 0.8],
];

/**
 * @param seed Fixes every value.
 * @returns 569 rows, 212 malignant and 357 benign in random order, all values positive.
 */
export function drawBreastCancer(seed: number): Examples & { inputs: Float64Array } {
  const random = new RandomState(seed);
  const rows = malignantRows + benignRows;
  const labels = random.shuffle(Uint8Array.from({ length: rows }, (_, row) => (row < malignantRows ? 0 : 1)));
  const features = columns.length;
  const inputs = new Float64Array(rows * features);
  labels.forEach((label, row) => {
    const [size, shape] = random.randn(2);
    columns.forEach(([, malignant, benign, spread, fromSize, fromShape], feature) => {
      const own = Math.sqrt(1 - fromSize ** 2 - fromShape ** 2);
      const deviation = fromSize * size + fromShape * shape + own * random.gaussian();
      const typical = label === 0 ? malignant : benign;
      inputs[row * features + feature] = Number((typical * exp(spread * deviation)).toPrecision(4));
    });
  });
  return { rows, features, inputs, divisor: 1, labels };
}
