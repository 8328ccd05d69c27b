/**
 * mlp beside scikit-learn's MLPClassifier and MLPRegressor: the same tables, rows, size and settings, over ten seeds.
 *
 *   npm run scikit-learn -- python3        prints the table of docs/own-data.md, and writes it there
 *
 * The tables are scikit-learn's own: it brings them along, and `scripts/peers/sklearn_peer.py` writes them as CSV.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { headlineOf } from '../src/core/scoring/headline.ts';
import { train } from '../src/index.ts';

const [python = 'python3'] = process.argv.slice(2);
const page = fileURLToPath(new URL('../docs/own-data.md', import.meta.url));
const peer = fileURLToPath(new URL('peers/sklearn_peer.py', import.meta.url));

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
const settings = { epochs: 200, batchSize: 32, learningRate: 0.001 };
const options = { hidden: [64, 32], l2: 1e-4 };
const testShare = 0.2;

interface Answer {
  version: string;
  scores: Record<string, number[]>;
}

async function scoresOfZoo(file: string): Promise<number[]> {
  const scores: number[] = [];
  for (const seed of seeds) {
    const { metrics } = await train('mlp', {
      ...settings,
      optimizer: 'adam',
      decay: 'none',
      validation: 0,
      seed,
      options,
      data: { own: { file, target: 'target', testShare } },
      backend: 'wasm',
    });
    scores.push(headlineOf(metrics.test).value);
  }
  return scores;
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
const text = (values: number[]): string => `${mean(values).toFixed(4)} ± ${deviation(values).toFixed(4)}`;

const directory = await mkdtemp(join(tmpdir(), 'zoo-scikit-learn-'));
try {
  const asked = JSON.stringify({ ...settings, ...options, seeds, testShare });
  const { stdout } = await promisify(execFile)(python, [peer, directory, asked]);
  const { version, scores } = JSON.parse(stdout) as Answer;
  const rows: string[] = [];
  let apart = 0;
  for (const [name, theirs] of Object.entries(scores)) {
    const ours = await scoresOfZoo(join(directory, `${name}.csv`));
    const difference = mean(ours) - mean(theirs);
    const isWithin = Math.abs(difference) <= deviation(theirs);
    if (!isWithin) apart++;
    const figure = name === 'diabetes' ? 'R²' : 'accuracy';
    rows.push(
      `| ${name} | ${figure} | ${text(ours)} | ${text(theirs)} | ${difference.toFixed(4)} | ${isWithin ? 'yes' : 'NO'} |`,
    );
    console.log(rows.at(-1));
  }
  const table = [
    '| table | on the test rows | mlp | scikit-learn | difference | within one deviation |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `scikit-learn ${version}; mean ± sample standard deviation over ${seeds.length} seeds.`,
  ].join('\n');
  const document = await readFile(page, 'utf8');
  const marked = /<!-- scikit-learn -->[^]*<!-- \/scikit-learn -->/;
  await writeFile(
    page,
    document.replace(marked, `<!-- scikit-learn -->\n\n${table}\n\n<!-- /scikit-learn -->`),
  );
  if (apart > 0) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true });
}
