/**
 * Is everything in order on this machine? Every backend that loads is tried with every model: its kernels, its numbers
 * against double precision, what a step of training leaves behind and how long it takes.
 */
import { models } from '../../../models/index.ts';
import { backendNames, backendStates, useBackend, type BackendName } from '../../backend/index.ts';
import { missingKernels } from '../../backend/kernels.ts';
import { silent, type Progress } from '../../core/progress.ts';
import { examineParity } from './parity.ts';
import { prepareModel, type ExaminedModel } from './examined-model.ts';
import { problemsIn } from './problems.ts';
import { examineRepair } from './repair.ts';
import { examineStep, kernelsOf } from './steps.ts';
import type { Environment } from '../../core/environment.ts';
import type { Diagnosis, ModelFinding } from './types.ts';
import type { OptionValue, ZooEntry } from '../../core/entry.ts';

export type { Diagnosis, ModelFinding };

export interface DoctorOptions {
  /** Versions and platform, for the report. */
  environment: Environment;
  /** The models to examine; without it the whole zoo. */
  entries?: ZooEntry[];
  /** Options of the models in place of the defaults: of use where one model is examined. */
  options?: Record<string, OptionValue>;
  /** The backends to examine; without it all. One that is named must load. */
  backends?: readonly BackendName[];
  /** Fixes parameters, inputs and labels; without it 1. */
  seed?: number;
  /** How long to repeat each step that is timed, usually 100. */
  milliseconds?: number;
  progress?: Progress;
}

/** Examines backends and models. Never throws because something is broken: that is what it finds. */
export async function examine(options: DoctorOptions): Promise<Diagnosis> {
  const {
    environment,
    entries = Object.values(models),
    seed = 1,
    milliseconds = 100,
    progress = silent,
  } = options;
  const backends = await backendStates(options.backends);
  const loading = backends.filter(({ loads }) => loads).map(({ name }) => name);

  const found: ModelFinding[] = [];
  const prepared: ExaminedModel[] = [];
  const kernels: Record<string, string[]> = {};
  await useBackend('float64');
  for (const [i, entry] of entries.entries()) {
    progress.update('computing in double precision', i, entries.length);
    try {
      const examined = prepareModel(entry, seed, options.options);
      kernels[examined.name] = kernelsOf(examined);
      prepared.push(examined);
    } catch (error) {
      const failure = firstLine(error);
      found.push({ model: entry.name, backend: 'float64', missingKernels: [], failure });
    }
    await breathe();
  }
  progress.finish('computing in double precision');

  const matMulRepair = loading.includes('wasm') ? await examineRepair() : undefined;

  for (const backend of loading) {
    await useBackend(backend);
    for (const [i, examined] of prepared.entries()) {
      progress.update(`examining ${backend}`, i, prepared.length);
      found.push(examineModel(examined, backend, kernels[examined.name], milliseconds));
      await breathe();
    }
    progress.finish(`examining ${backend}`);
  }
  const findings = { backends, kernels, matMulRepair, models: found };
  const problems = problemsIn(
    findings,
    options.backends ?? backendNames.filter((name) => name !== 'tensorflow'),
  );
  return { healthy: problems.length === 0, problems, environment, ...findings };
}

function examineModel(
  examined: ExaminedModel,
  backend: BackendName,
  kernels: string[],
  milliseconds: number,
): ModelFinding {
  const finding: ModelFinding = {
    model: examined.name,
    backend,
    missingKernels: missingKernels(kernels, backend),
  };
  try {
    if (backend !== 'float64') finding.parity = examineParity(examined);
    finding.step = examineStep(examined, milliseconds);
  } catch (error) {
    finding.failure = firstLine(error);
  }
  return finding;
}

const firstLine = (error: unknown): string => (error as Error).message.split('\n')[0];

/** Lets progress be drawn and Ctrl-C be heard. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));
