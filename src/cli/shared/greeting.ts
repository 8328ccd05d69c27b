/**
 * What `zoo` alone says: what one can do next, here and now.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listText } from '../../utils/text.ts';
import { commands } from '../commands.ts';
import type { Output } from './output.ts';

export function greet(output: Output): void {
  const latest = latestRun();
  const next: [command: string, what: string][] = [
    ['zoo train mnist', 'digits, with or without data: some minutes'],
    ['zoo train gate --gate or', 'the smallest network: a second'],
    ['zoo gradcheck', 'every gradient, three ways'],
    ['zoo list', 'models, datasets, backends'],
  ];
  const again: typeof next = latest
    ? [
        [`zoo evaluate ${latest}`, 'score it on a test set'],
        [`zoo verify ${latest}`, 'repeat it and compare'],
      ]
    : [];
  output.result(
    [
      'First neural networks, each with gradients by hand and by autodiff.',
      '',
      'To begin:',
      listText(next),
      ...(latest ? ['', 'With your latest run:', listText(again)] : []),
      '',
      '`zoo --help` lists every command, `zoo <command> --help` explains one.',
    ].join('\n'),
    { commands: commands.map(({ command, describe }) => ({ command, describe })), latestRun: latest ?? null },
  );
}

/** The directory below `runs` whose weights were written last, if there is one. */
function latestRun(): string | undefined {
  let latest: { path: string; time: number } | undefined;
  let names: string[] = [];
  try {
    names = readdirSync('runs').slice(0, 10_000);
  } catch {
    // No runs here yet.
  }
  for (const name of names) {
    const path = join('runs', name);
    const time = statSync(join(path, 'weights.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (time > (latest?.time ?? 0)) latest = { path, time };
  }
  return latest?.path;
}
