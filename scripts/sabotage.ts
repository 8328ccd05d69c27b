/**
 * Trains document 000's experiments with mistakes planted and keeps what comes of it, for the judgement which of its
 * numbers are evidence: `npm run sabotage`. Takes about a quarter of an hour on two processors.
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { environment } from '../src/node/environment.ts';
import { roundedDraws, type SabotagedDraws } from '../src/studies/reproduce/evidence.ts';
import { sabotageNames, type SabotageName } from '../src/studies/reproduce/sabotage.ts';

/** Runs of each experiment, and the first seed of those that decide and of those that test the decision. */
const seeds = 8;
const firstSeed = { decide: 2000, test: 3000 };

const zoo = fileURLToPath(new URL('../bin/zoo.js', import.meta.url));

function drawsUnder(sabotage: SabotageName, seed: number): SabotagedDraws[string] {
  const options = [
    '--sabotage',
    sabotage,
    '--seeds',
    String(seeds),
    '--seed',
    String(seed),
    '--backend',
    'wasm',
  ];
  try {
    execFileSync(process.execPath, [zoo, 'reproduce', '000', ...options, '--json'], {
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    // Of course it does not reproduce: exit code 1, with the report on standard output.
    const { stdout } = error as { stdout: Buffer };
    return roundedDraws((JSON.parse(stdout.toString()) as { draws: Record<string, number[][]> }).draws);
  }
  throw new Error(`${sabotage}: the sabotaged program reproduces every number`);
}

const under = (seed: number): SabotagedDraws =>
  Object.fromEntries(sabotageNames.map((name) => [name, drawsUnder(name, seed)]));

const draws = { decide: under(firstSeed.decide), test: under(firstSeed.test) };
const { zoo: version, node, platform } = environment();
const text = JSON.stringify({
  about:
    'Made by `npm run sabotage`, not by hand: what the experiments of document 000 give when a mistake is planted in ' +
    'their training, by sabotage and experiment, a row for each seed: training score, nine parameters, test cost.',
  made: { zoo: version, node, platform, backend: 'wasm', seeds, firstSeed },
  draws,
});
const file = new URL('../src/studies/reproduce/sabotaged-draws.json', import.meta.url);
await writeFile(file, await format(text, { parser: 'json', printWidth: 110 }));
