/**
 * What TensorFlow.js's Layers learn on each backend: `npm run survey` trains a small network for every kind of layer on the wasm backend
 * as its package brings it, with our kernels, on cpu, on TensorFlow's library where that is installed, and in double precision, which
 * is the referee; and prints the table of `docs/wasm.md`.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Outcome } from './survey/fit.ts';

export const contestants = ['stock', 'wasm', 'cpu', 'tensorflow'] as const;
type Contestant = (typeof contestants)[number];

/** After 16 steps; right ones stay below 10⁻⁵, wrong ones above 10⁻³. */
const tolerance = 1e-4;

export type Verdict = 'right' | 'wrong' | 'fails';
export type Survey = Record<string, Partial<Record<Contestant, Verdict>>>;

async function outcomesOf(backend: Contestant | 'float64'): Promise<Outcome[] | undefined> {
  const script = fileURLToPath(new URL('survey/fit.ts', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, backend], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    });
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Outcome);
  } catch (error) {
    if (backend === 'tensorflow') return undefined;
    throw error;
  }
}

function judge({ numbers }: Outcome, referee: Outcome): Verdict {
  if (!numbers) return 'fails';
  if (!referee.numbers) throw new Error(`float64 does not train ${referee.network}: ${referee.failure}`);
  const isRight = referee.numbers.every((right, i) => Math.abs((numbers[i] ?? NaN) - right!) <= tolerance);
  return isRight ? 'right' : 'wrong';
}

/** The verdict on every network and contestant. TensorFlow's library is left out where it does not load. */
export async function survey(): Promise<Survey> {
  const referee = (await outcomesOf('float64'))!;
  const result: Survey = Object.fromEntries(referee.map(({ network }) => [network, {}]));
  for (const contestant of contestants) {
    const outcomes = await outcomesOf(contestant);
    outcomes?.forEach((outcome, i) => (result[outcome.network][contestant] = judge(outcome, referee[i])));
  }
  return result;
}

const titles: Record<Contestant, string> = {
  stock: 'wasm, stock',
  wasm: 'wasm, ours',
  cpu: 'cpu',
  tensorflow: 'tensorflow',
};

/** Those that not all get right, and how many more there are. */
export function tableOf(result: Survey): string {
  const present = contestants.filter((name) => Object.values(result).some((row) => row[name]));
  const differing = Object.entries(result).filter(([, row]) => present.some((name) => row[name] !== 'right'));
  const same = Object.keys(result).length - differing.length;
  return [
    `| network | ${present.map((name) => titles[name]).join(' | ')} |`,
    `| --- | ${present.map(() => '---').join(' | ')} |`,
    ...differing.map(([network, row]) => `| ${network} | ${present.map((name) => row[name]).join(' | ')} |`),
    `| ${same} others | ${present.map(() => 'right').join(' | ')} |`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(tableOf(await survey()));
