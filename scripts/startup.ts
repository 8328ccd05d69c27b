/**
 * How long it takes from a command to its first effect, as a user waits for it: `npm run startup -- [--repeats 7]`.
 * Digits come from where `zoo train mnist` finds them; a run before the first that counts fills the caches.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../src/core/median.ts';
import { markdownTable } from '../src/studies/table.ts';
import { wordsOf } from './words.ts';

const values = wordsOf(import.meta.url, {
  repeats: { type: 'string', default: '7' },
  backend: { type: 'string', default: 'wasm' },
});
const repeats = Number(values.repeats);
if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats takes a whole number from 1 on.');

const zoo = fileURLToPath(new URL('../bin/zoo.js', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'zoo-startup-'));
const backend = ['--backend', values.backend];

/** The whole command, in seconds. */
function wholeCommand(words: string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [zoo, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`zoo ${words.join(' ')} failed: ${stderr}`);
  return (performance.now() - startedAt) / 1000;
}

/**
 * Until the first step is made and the checkpoint that follows it is written; the checkpoint is the one sign of a step
 * that can be seen from outside.
 */
async function firstStep(directory: string): Promise<number> {
  await mkdir(directory);
  const startedAt = performance.now();
  const words = ['train', 'mnist', '--checkpoint-every', '1', '--out', directory, ...backend, '--quiet'];
  const child = spawn(process.execPath, [zoo, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'close');
  const checkpoint = join(directory, 'checkpoint.json');
  const seconds = await new Promise<number>((resolve, reject) => {
    const watcher = watch(directory, () => {
      if (!existsSync(checkpoint)) return;
      watcher.close();
      resolve((performance.now() - startedAt) / 1000);
    });
    void ended.then(() => reject(new Error('zoo train mnist ended before its first checkpoint')));
  });
  child.kill('SIGKILL');
  await ended;
  return seconds;
}

let runs = 0;
const fresh = (): string => join(scratch, String(++runs));

const waits: { what: string; measure: () => number | Promise<number> }[] = [
  { what: '`zoo --help`', measure: () => wholeCommand(['--help']) },
  {
    what: '`zoo train gate`, trained and saved',
    measure: () => wholeCommand(['train', 'gate', '--out', fresh(), ...backend]),
  },
  {
    what: '`zoo train mnist`, first step and its checkpoint',
    measure: () => firstStep(fresh()),
  },
];

try {
  const times = waits.map((): number[] => []);
  for (let round = -1; round < repeats; round++) {
    process.stderr.write(round < 0 ? 'filling caches\n' : `round ${round + 1} of ${repeats}\n`);
    for (const [i, { measure }] of waits.entries()) {
      const seconds = await measure();
      if (round >= 0) times[i].push(seconds);
    }
  }
  const rows = waits.map(({ what }, i) => [
    what,
    ...[median(times[i]), Math.min(...times[i]), Math.max(...times[i])].map((seconds) => seconds.toFixed(2)),
  ]);
  console.log(markdownTable({ head: [`seconds (${values.backend})`, 'median', 'min', 'max'], rows }, 1));
} finally {
  await rm(scratch, { recursive: true, force: true });
}
