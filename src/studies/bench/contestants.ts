/** Who takes part: the zoo on every backend that loads, plain TensorFlow.js, and the peers that Python has. */
import { existsSync } from 'node:fs';
import { backendStates, type BackendName } from '../../backend/index.ts';
import { InputError } from '../../core/errors.ts';
import { findProgram, runTool } from '../../node/tensorflow/tool.ts';
import { peerScripts } from './processes.ts';
import type { Contestant, Implementation } from './protocol.ts';
import type { BenchReport } from './report.ts';
import type { Workload } from './workloads.ts';

export interface Choice {
  implementations: readonly Implementation[];
  backends: readonly BackendName[];
  /** Interpreter of the peers; `undefined` for the machine's own, which may be missing. */
  python?: string;
}

export interface Field {
  /** The contestants of one workload. */
  of(workload: Workload): Contestant[];
  python: string;
  skipped: BenchReport['skipped'];
}

/** The modules that a peer imports, and what its backend is called. */
const peers: Partial<Record<Implementation, { modules: string[]; backend: string }>> = {
  'numpy-float64': { modules: ['numpy'], backend: 'numpy' },
  'numpy-float32': { modules: ['numpy'], backend: 'numpy' },
  torch: { modules: ['numpy', 'torch'], backend: 'torch' },
  keras: { modules: ['numpy', 'keras'], backend: 'keras' },
  'keras-batch': { modules: ['numpy', 'keras'], backend: 'keras' },
  'keras-steps': { modules: ['numpy', 'keras', 'tensorflow'], backend: 'keras' },
};

/** Where a newcomer's loop and Layers are measured; elsewhere they are as slow as the backend. */
const plainBackends: Partial<Record<Implementation, BackendName[]>> = {
  naive: ['wasm'],
  layers: ['wasm', 'tensorflow'],
  'layers-batch': ['wasm', 'tensorflow'],
};

/**
 * @throws InputError where an interpreter was named that is none
 */
export async function fieldOf({ implementations, backends, python }: Choice): Promise<Field> {
  const skipped: BenchReport['skipped'] = [];
  const entries: Omit<Contestant, 'workload'>[] = [];
  const states = await backendStates(backends);
  const loading = states.filter((state) => state.loads).map(({ name }) => name);
  for (const state of states) {
    if (state.loads || !implementations.some((name) => !peers[name])) continue;
    skipped.push({ implementation: 'zoo', backend: state.name, reason: state.reason });
  }
  const wantsPeers = implementations.some((name) => peers[name]);
  const interpreter = wantsPeers ? await findPython(python) : undefined;
  for (const implementation of implementations) {
    const peer = peers[implementation];
    if (peer) {
      const reason = whyNot(interpreter, peer.modules);
      if (reason === undefined) entries.push({ implementation, backend: peer.backend });
      else skipped.push({ implementation, backend: peer.backend, reason });
      continue;
    }
    for (const backend of plainBackends[implementation] ?? backends) {
      if (!loading.includes(backend)) continue;
      if (implementation.startsWith('layers')) entries.push({ implementation, backend });
      else {
        entries.push({ implementation, backend, gradients: 'manual' });
        entries.push({ implementation, backend, gradients: 'autodiff' });
      }
    }
  }
  return {
    of: (workload) =>
      entries
        // A newcomer's loop has dense layers only.
        .filter(({ implementation }) => implementation !== 'naive' || !workload.filters)
        // Held-back rows are scored after every step, which steps made in one call leave no room for.
        .filter(({ implementation }) => implementation !== 'keras-steps' || workload.validationRows === 0)
        .map((entry) => ({ ...entry, workload })),
    python: interpreter?.program ?? 'python3',
    skipped,
  };
}

function whyNot(interpreter: Interpreter | undefined, modules: string[]): string | undefined {
  if (!existsSync(peerScripts)) return 'its script is in the source repository, not in the installed package';
  if (interpreter === undefined) return 'there is no Python 3 here';
  const missing = interpreter.missing(modules);
  return missing && `${interpreter.program} has no module ${missing}`;
}

const probe = `
import importlib.util, json, sys
print(json.dumps([name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]))
`;

interface Interpreter {
  program: string;
  missing(modules: string[]): string | undefined;
}

async function findPython(named?: string): Promise<Interpreter | undefined> {
  const program = findProgram(...(named === undefined ? ['python3', 'python'] : [named]));
  if (program === undefined) {
    if (named === undefined) return undefined;
    throw new InputError(`There is no Python at ${named}: give --python an interpreter such as python3.`);
  }
  const modules = [...new Set(Object.values(peers).flatMap((peer) => peer.modules))];
  const { succeeded, lines } = await runTool(program, ['-c', probe, ...modules]);
  const answer = lines.findLast((line) => line.startsWith('['));
  if (!succeeded || answer === undefined) {
    if (named === undefined) return undefined;
    throw new InputError(`${program} does not work as a Python 3 interpreter.`);
  }
  const absent = JSON.parse(answer) as string[];
  return { program, missing: (wanted) => wanted.find((name) => absent.includes(name)) };
}
