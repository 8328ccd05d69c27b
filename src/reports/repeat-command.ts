/**
 * The command line that trains the same again.
 */
import { dashed, shellWord } from '../utils/text.ts';
import { wordsOf } from '../weights/own-files.ts';
import { isOfZoo } from '../weights/saved-model.ts';
import type { RunReport } from '../weights/run-facts.ts';

/**
 * `zoo train mnist --epochs 3 --backend wasm …`: what is not by default, and what a default may decide elsewhere.
 *
 * @returns nothing for a model or data that only a program has
 */
export function repeatCommand({ request, dataset }: RunReport): string | undefined {
  const isFromProgram = dataset.source === 'dir' && !dataset.own && dataset.files.length === 0;
  if (isFromProgram || (!request.entry.file && !isOfZoo(request.entry))) return undefined;
  const { entry, options, recipe, asPrinted, gradients, backend, recordEvery, data, start } = request;
  const settings = Object.entries({ ...recipe }).filter(
    ([name, value]) => value !== entry.recipe[name as keyof typeof recipe] && name !== 'seed',
  );
  const ofModel = Object.entries(options).filter(
    ([name, value]) => String(value) !== String(entry.options[name]?.default),
  );
  const words = [
    ...['zoo', 'train', entry.file?.path ?? entry.name],
    ...[...ofModel, ...settings].flatMap(([name, value]) => [`--${dashed(name)}`, String(value)]),
    ...(asPrinted ? ['--as-printed'] : []),
    ...(start ? ['--start-from', start.file] : []),
    ...['--gradients', gradients, '--backend', backend],
    ...['--seed', String(recipe.seed), '--record-every', String(recordEvery)],
    ...(dataset.own ? wordsOf(dataset.own) : []),
    ...(dataset.source === 'dir' && !dataset.own && data.dataDir
      ? ['--data', 'dir', '--data-dir', data.dataDir]
      : []),
    ...(dataset.standIn ? ['--data', 'built-in'] : []),
  ];
  return words.map(shellWord).join(' ');
}
