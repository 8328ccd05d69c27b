/**
 * Several runs beside each other, from what their directories hold.
 */
import { basename, resolve } from 'node:path';
import { InputError } from '../utils/errors.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import { settingsOf, type ComparedRun, type Comparison } from '../weights/comparison.ts';
import { loadRunRecord } from './load.ts';

const maxRuns = 100;

/**
 * @param directories of runs, or their run.json
 * @throws InputError when one holds no run
 */
export async function compareRuns(directories: string[]): Promise<Comparison> {
  if (directories.length > maxRuns) {
    throw new InputError(`At most ${maxRuns} runs are compared at once, not ${directories.length}.`);
  }
  const runs: ComparedRun[] = [];
  for (const given of directories) {
    const directory = resolve(given.replace(/[\\/]run\.json$/, ''));
    const run = await loadRunRecord(directory).catch((error: unknown) => {
      if (error instanceof InputError)
        error.message = `${sanitizeForTerminal(given)} is not a run: ${error.message}`;
      throw error;
    });
    const alike = runs.filter((other) => basename(other.directory) === basename(directory)).length;
    const name = sanitizeForTerminal(basename(directory)) + (alike > 0 ? ` (${alike + 1})` : '');
    runs.push({ directory, name, run, settings: settingsOf(run) });
  }
  const names = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const differing = names.filter((name) => new Set(runs.map(({ settings }) => settings[name])).size > 1);
  return { runs, differing };
}
