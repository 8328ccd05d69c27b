/** Every dataset of the zoo, by name. */
import type { Dataset } from '../src/core/data/dataset.ts';
import { breastCancer } from './breast-cancer.ts';
import { cats } from './cats.ts';
import { logicGates } from './logic-gates.ts';
import { mnist } from './mnist.ts';
import { points } from './points.ts';

export const datasets: Record<string, Dataset> = Object.fromEntries(
  [logicGates, points, cats, breastCancer, mnist].map((dataset) => [dataset.name, dataset]),
);
