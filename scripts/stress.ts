/**
 * Kills training at random moments, in turn in all the ways that `stress/ways.ts` knows, and resumes it: `npm run stress -- [kills] [seconds] [seed]`.
 * The defaults are 200 kills and at most 900 seconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { campaign } from './stress/campaign.ts';

const [kills = 200, seconds = 900, seed = 1] = process.argv.slice(2).map(Number);
const directory = mkdtempSync(join(tmpdir(), 'backprop-zoo-stress-'));
const train = 'gate --optimizer adam --epochs 3000 --checkpoint-every 200 --backend wasm'.split(' ');

const outcome = await campaign({ train, kills, seconds, seed, directory, log: console.log });
const total = Object.values(outcome.kills).reduce((sum, count) => sum + count, 0);
const { beforeCheckpoint, withCheckpoint, complete } = outcome.moments;
console.log(
  `zoo train ${train.join(' ')}\n` +
    `${total} kills (${Object.entries(outcome.kills)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')}): ` +
    `${beforeCheckpoint} before there was a checkpoint, ${withCheckpoint} with one, ${complete} as the run was over\n` +
    `${outcome.runs} runs, ${outcome.identical} ended with the weights.json of the undisturbed run, byte for byte\n` +
    `${outcome.failures.length} failures, ${outcome.seconds.toFixed(0)} s, seed ${seed}`,
);
for (const failure of outcome.failures) console.log(`  ${failure}`);
if (outcome.failures.length > 0) process.exitCode = 1;
else rmSync(directory, { recursive: true });
