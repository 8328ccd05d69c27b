/** Models of sequences train as PyTorch does: the same initial weights and batches give the same losses. */
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import type { Implementation, Round } from '../../benchmarks/pace.ts';
import { startProcess } from '../../benchmarks/session.ts';
import { workloads, type Workload } from '../../benchmarks/workloads.ts';

const python = process.env.ZOO_PYTHON ?? 'python3';
const canImport = (module: string) => spawnSync(python, ['-c', `import numpy, ${module}`]).status === 0;
const steps = 100;

async function lossesOf(implementation: Implementation, workload: Workload): Promise<number[]> {
  const { ready, ask, stop } = startProcess(implementation, workload, python);
  try {
    await ready;
    const losses: number[] = [];
    while (losses.length < steps) losses.push((await ask<Round>('1')).loss ?? NaN);
    return losses;
  } finally {
    stop();
  }
}

const largestDifference = (a: number[], b: number[]) =>
  Math.max(...a.map((loss, i) => Math.abs(loss - b[i])));

/** The workload with fewer and shorter rows and narrower layers. */
function smaller(name: string, options: Workload['options'], recipe: object = {}): Workload {
  const workload = workloads[name];
  const { features, tokens } = workload;
  const size = Math.min(features, 12);
  return {
    ...workload,
    features: size,
    rows: 60,
    batchSize: Math.min(workload.batchSize as number, 8),
    options: { ...workload.options, context: size, ...options },
    tokens: { ...tokens!, recipe: { ...tokens!.recipe, batchSize: 8, ...recipe } },
  };
}

const gpt = { layers: 2, width: 16, heads: 4 };
const jobs = {
  'gpt as in microgpt': { workload: workloads.microgpt, program: 'torch' },
  'gpt as in microgpt, by NumPy': { workload: workloads.microgpt, program: 'numpy-float64' },
  'gpt as in GPT-2, with AdamW': { workload: smaller('nano', gpt, { clipNorm: 0 }), program: 'torch' },
  lstm: { workload: smaller('lstm', { embedding: 8, hidden: 16 }, { clipNorm: 0 }), program: 'torch' },
  'gru of sequences that differ in length': {
    workload: smaller('gru', { embedding: 8, hidden: 16 }, { clipNorm: 0 }),
    program: 'torch',
    varyLength: true,
  },
} as const;

for (const [name, job] of Object.entries(jobs)) {
  const { program, workload } = job;
  const module = program === 'torch' ? 'torch' : 'numpy';
  const isHere = canImport(module);
  if (!isHere) console.info(`SKIPPED ${name}: ${python} has no ${module}. ZOO_PYTHON names another Python.`);
  (isHere ? test : test.skip)(
    `${name}: ${steps} losses are those of ${module}`,
    async () => {
      const tokens = { ...workload.tokens!, varyLength: 'varyLength' in job || workload.tokens!.varyLength };
      const given = { ...workload, tokens };
      const expected = await lossesOf({ name: program, backend: 'float64' }, given);
      expect(new Set(expected).size).toBe(steps);
      const zoo = (backend: string) => lossesOf({ name: 'zoo', backend, gradients: 'manual' }, given);
      expect(largestDifference(expected, await zoo('float64'))).toBeLessThan(1e-9);
      expect(largestDifference(expected, await zoo('wasm'))).toBeLessThan(1e-4);
    },
    120_000,
  );
}
