/**
 * What `zoo` without a command prints: commands to begin with.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../commands.ts';
import type { Output } from './output.ts';
import { listText } from '../../utils/text.ts';

export function showStartScreen(output: Output): void {
  const latest = latestRun();
  const next: [command: string, what: string][] = [
    ['zoo train mnist', 'learn handwritten digits, in minutes'],
    ['zoo train gate --gate or', 'the smallest network, in a second'],
    ['zoo gradcheck', 'check every gradient in three ways'],
    ['zoo list', 'models, datasets, backends'],
  ];
  const again: typeof next = latest
    ? [
        [`zoo evaluate ${latest}`, 'score it on the test set'],
        [`zoo verify ${latest}`, 'repeat it and compare'],
      ]
    : [];
  output.result(
    [
      'Small neural networks with hand-written gradients, checked against autodiff.',
      '',
      'Get started:',
      listText(next),
      ...(latest ? ['', 'With your latest run:', listText(again)] : []),
      '',
      'See zoo --help for all commands and zoo <command> --help for one.',
    ].join('\n'),
    { commands: commands.map(({ command, describe }) => ({ command, describe })), latestRun: latest ?? null },
  );
}

/** The directory in `runs` with the newest weights; undefined if there is none. */
function latestRun(): string | undefined {
  let latest: { path: string; time: number } | undefined;
  let names: string[] = [];
  try {
    names = readdirSync('runs').slice(0, 10_000);
  } catch {
    // There are no runs yet.
  }
  for (const name of names) {
    const path = join('runs', name);
    const time = statSync(join(path, 'weights.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (time > (latest?.time ?? 0)) latest = { path, time };
  }
  return latest?.path;
}
