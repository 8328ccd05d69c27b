/** Gives hostile inputs to a reader and says whether it kept its promises. */
import { InputError, WorkError } from '../../src/core/errors.ts';
import { RandomState } from '../../src/core/random.ts';
import { mutate, mutateJson } from './mutate.ts';

export interface Reader {
  name: string;
  /** Valid inputs, from which hostile ones are made. */
  samples: Uint8Array[];
  /** The inputs are JSON, so half of the hostile ones are, too. */
  json?: boolean;
  /** The most inputs for a reader that is slow. */
  most?: number;
  /** Reads as the program does, and throws any other error than those two when what it accepted is not sound. */
  read(bytes: Uint8Array): unknown;
}

export interface Verdict {
  reader: string;
  inputs: number;
  accepted: number;
  refused: number;
  slowestMilliseconds: number;
  /** Broken promises; each with the input in base64, so that it can be repeated. */
  failures: { problem: string; input: string }[];
}

/** No input here is larger than a few kilobytes; a machine that is busy with other work may pause for seconds. */
const mostMilliseconds = 20_000;
const mostGrowth = 1.5e9;

export async function judge(
  reader: Reader,
  inputs: number,
  seed: number,
  enough: () => boolean = () => false,
): Promise<Verdict> {
  const random = new RandomState(seed);
  const verdict: Verdict = {
    reader: reader.name,
    inputs: 0,
    accepted: 0,
    refused: 0,
    slowestMilliseconds: 0,
    failures: [],
  };
  const memoryBefore = process.memoryUsage().rss;
  for (const sample of reader.samples) await reader.read(sample); // must not throw
  const most = Math.min(inputs, reader.most ?? Infinity);
  while (verdict.inputs < most && !enough()) {
    const sample = reader.samples[(verdict.inputs >> 1) % reader.samples.length];
    const input =
      reader.json && verdict.inputs % 2 === 0 ? mutateJson(sample, random) : mutate(sample, random);
    const startedAt = performance.now();
    let problem: string | undefined;
    try {
      await reader.read(input);
      verdict.accepted++;
    } catch (error) {
      verdict.refused++;
      problem = faultOfRefusal(error);
    }
    const took = performance.now() - startedAt;
    verdict.inputs++;
    verdict.slowestMilliseconds = Math.max(verdict.slowestMilliseconds, took);
    if (took > mostMilliseconds) problem ??= `took ${Math.round(took)} ms`;
    if (Object.keys(Object.prototype).length > 0 || 'polluted' in {}) problem ??= 'polluted Object.prototype';
    const growth = process.memoryUsage().rss - memoryBefore;
    if (growth > mostGrowth) problem ??= `took ${Math.round(growth / 1e6)} MB of memory`;
    if (problem) verdict.failures.push({ problem, input: Buffer.from(input).toString('base64') });
    if (verdict.failures.length > 20) break;
  }
  return verdict;
}

/** A refusal is one clear sentence of ours; anything else is a crash. */
function faultOfRefusal(error: unknown): string | undefined {
  if (!(error instanceof InputError || error instanceof WorkError)) {
    return `crashed with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  if (error.message.length > 2000) return `a message of ${error.message.length} characters`;
  if (/\n\s+at /.test(error.message)) return `a stack trace in the message: ${error.message}`;
  return undefined;
}
