/** Every dataset of the zoo, by name. */
import type { Dataset } from '../src/dataset.ts';
import { breastCancer } from './breast-cancer.ts';
import { logicGates } from './logic-gates.ts';
import { mnist } from './mnist.ts';
import { points } from './points.ts';

export const datasets: Record<string, Dataset> = Object.fromEntries(
  // One line per dataset, imported above.
  [logicGates, points, breastCancer].map((dataset) => [dataset.name, dataset]),
  [
    logicGates, //
    mnist,
    points,
  ].map((dataset) => [dataset.name, dataset]),
);
