/**
 * Several runs beside each other.
 */
import { printable } from '../utils/printable.ts';
import type { RunFile } from './run-record.ts';

export interface ComparedRun {
  directory: string;
  /** The directory's name, with a number where several have the same. */
  name: string;
  run: RunFile;
  /** Everything that was chosen, by name. */
  settings: Record<string, string>;
}

export interface Comparison {
  runs: ComparedRun[];
  /** Settings in which the runs are not all alike; one that a run does not have is a difference too. */
  differing: string[];
}

/** Everything that was chosen in a run, by name, as text. */
export function settingsOf({
  model,
  options,
  asPrinted,
  gradients,
  backend,
  hyperParameters,
  dataset,
}: RunFile) {
  const all: Record<string, unknown> = {
    model,
    ...options,
    asPrinted,
    gradients,
    backend,
    ...hyperParameters,
    dataset: dataset.name,
    source: dataset.source,
    data: `${dataset.fingerprint.slice(0, 12)}…`,
  };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, printable(String(value))]));
}
