/**
 * Several runs beside each other.
 */
import { sanitizeForTerminal } from '../utils/text.ts';
import { type Difference, fileHashes, type RunFile } from './run-record.ts';

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
export function settingsOf(run: RunFile) {
  const { model, options, asPrinted, gradients, backend, hyperParameters, dataset } = run;
  const all: Record<string, unknown> = {
    model,
    ...fileHashes(run.modelFile),
    ...options,
    asPrinted,
    gradients,
    backend,
    ...hyperParameters,
    dataset: dataset.name,
    source: dataset.source,
    data: `${dataset.fingerprint.slice(0, 12)}…`,
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, sanitizeForTerminal(String(value))]),
  );
}

type Tree = Record<string, unknown>;

/**
 * Every value or missing entry in which two trees of JSON differ, by its place: `metrics.test.loss`. Of two lists of
 * numbers it tells how many differ and by how much.
 *
 * @param where the place of the trees themselves
 */
export function treeDifferences(then: unknown, now: unknown, where = ''): Difference[] {
  if (areNumbers(then) && areNumbers(now) && then.length === now.length) return ofNumbers(then, now, where);
  if (!isTree(then) || !isTree(now) || Array.isArray(then) !== Array.isArray(now)) {
    return Object.is(then, now) ? [] : [{ what: where, then: text(then), now: text(now) }];
  }
  const keys = new Set([...Object.keys(then), ...Object.keys(now)]);
  return [...keys].flatMap((key) =>
    treeDifferences(valueAt(then, key), valueAt(now, key), where === '' ? key : `${where}.${key}`),
  );
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;
const areNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');
const valueAt = (tree: Tree, key: string): unknown => (Object.hasOwn(tree, key) ? tree[key] : undefined);
const text = (value: unknown): string =>
  value === undefined ? 'nothing' : sanitizeForTerminal(JSON.stringify(value));

function ofNumbers(then: number[], now: number[], what: string): Difference[] {
  const places = then.flatMap((value, i) => (Object.is(value, now[i]) ? [] : [i]));
  if (places.length === 0) return [];
  if (places.length === 1) {
    const [i] = places;
    return [{ what: `${what}.${i}`, then: text(then[i]), now: text(now[i]) }];
  }
  const most = places.reduce((most, i) => Math.max(most, Math.abs(then[i] - now[i])), 0);
  return [{ what, then: `${then.length} numbers`, now: `${places.length} of them others, by up to ${most}` }];
}
