/** Every dataset of the zoo, by name. */
import type { Dataset } from '../src/dataset.ts';

export const datasets: Record<string, Dataset> = Object.fromEntries(
  // One line per dataset, imported above.
  ([] as Dataset[]).map((dataset) => [dataset.name, dataset]),
);
