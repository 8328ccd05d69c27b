/** A sweep as an array job of an engine that people have: a part to each task, and the merge when all have ended. */
import { join } from 'node:path';
import { shellWord } from '../../utils/text.ts';
import { formatJson } from '../../weights/json.ts';
import { argumentsFor } from '../../weights/run-record.ts';
import type { SweepPlan } from './directory.ts';

export const engines = ['slurm', 'kubernetes', 'parallel'] as const;
export type Engine = (typeof engines)[number];

export interface JobRequest {
  plan: SweepPlan;
  /** Of the whole sweep, absolute; the parts are in `parts/` below it. */
  directory: string;
  tasks: number;
  /** Trainings at a time in each task. */
  workers: number;
  /** From where relative paths of the definition count. */
  from: string;
  /** The words that start this program here. */
  program: string[];
}

/** What is written, by its name in the directory; the last one is what a user runs. */
export type JobFiles = Record<string, string>;

export function jobFiles(engine: Engine, request: JobRequest): JobFiles {
  const sweep = formatJson({ format: 'backprop-zoo/sweep', version: 1, ...request.plan.definition });
  return { 'definition.json': sweep, ...writers[engine](request, sweep) };
}

/** The words of a task. @param part its number, as the engine's shell has it @param place of the whole directory */
function taskOf({ plan, tasks, workers }: JobRequest, part: string, place: string): string {
  const { data, dataDir, own } = plan.data;
  const words = [
    ...['--backend', plan.backend, '--data', data, '--workers', String(workers)],
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(own ? argumentsFor(own) : []),
  ];
  const [definition, parts] = [join(place, 'definition.json'), join(place, 'parts')].map(shellWord);
  return `sweep ${definition} --shard ${part}/${tasks} --out ${parts}/${part} ${words.map(shellWord).join(' ')} --quiet`;
}

const mergeOf = (place: string): string => {
  const quoted = shellWord(place);
  return `sweep --merge ${quoted}/parts/* --out ${quoted}`;
};

const about = (tasks: number): string =>
  `# Written by zoo sweep --job: ${tasks} tasks, each a part of the sweep, and the merge. Run it again to go on where it was\n` +
  '# ended: what is finished is trained by no task again.';

function parallel(request: JobRequest): JobFiles {
  const { directory, tasks, from, program } = request;
  const zoo = program.map(shellWord).join(' ');
  const task = `${zoo} ${taskOf(request, '{}', directory)}`;
  return {
    'run.sh': `#!/bin/sh
${about(tasks)}
# Words for GNU parallel may follow, such as --jobs 4 or --sshlogin host.
set -u
cd ${shellWord(from)}
mkdir -p ${shellWord(join(directory, 'parts'))}
seq ${tasks} | parallel "$@" --joblog ${shellWord(join(directory, 'parallel.log'))} --resume-failed ${shellWord(task)}
${zoo} ${mergeOf(directory)}
`,
  };
}

function slurm(request: JobRequest): JobFiles {
  const { plan, directory, tasks, workers, from, program } = request;
  const zoo = program.map(shellWord).join(' ');
  const name = `zoo-${plan.definition.model.replace(/[^\w-]+/g, '-')}`;
  const log = join(directory, 'log');
  const header = (what: string, output: string, lines: string[]) =>
    [
      '#!/bin/sh',
      `#SBATCH --job-name=${name}${what}`,
      `#SBATCH --output=${shellWord(join(log, output))}`,
      ...lines.map((line) => `#SBATCH ${line}`),
      `cd ${shellWord(from)}`,
    ].join('\n');
  return {
    'array.slurm': `${header('', '%A_%a.txt', [`--array=1-${tasks}`, `--cpus-per-task=${workers}`, '--requeue'])}
# A task that was requeued may begin on another machine, where nobody can see that the one before is gone.
if [ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then
  rm -f ${shellWord(join(directory, 'parts'))}/"$SLURM_ARRAY_TASK_ID"/run.lock
fi
${zoo} ${taskOf(request, '$SLURM_ARRAY_TASK_ID', directory)}
`,
    'merge.slurm': `${header('-merge', 'merge-%j.txt', [])}
${zoo} ${mergeOf(directory)}
`,
    'run.sh': `#!/bin/sh
${about(tasks)}
# Words for sbatch may follow, such as --partition=short or --time=60.
set -eu
cd ${shellWord(directory)}
mkdir -p parts log
array=$(sbatch --parsable "$@" array.slurm)
sbatch --dependency=afterany:"$array" "$@" merge.slurm
`,
  };
}

/** In the pods: where the volume is, and where the definition. */
const volume = '/sweep';

function kubernetes(request: JobRequest, sweep: string): JobFiles {
  const { plan, tasks, workers } = request;
  const name = `zoo-${plan.definition.model.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 50);
  const part = '$((JOB_COMPLETION_INDEX + 1))';
  // Each index has one pod at a time; a new pod has another host's name than the one that is gone.
  const task = `cp /definition/definition.json ${volume} && rm -f ${volume}/parts/${part}/run.lock && mkdir -p ${volume}/parts && zoo ${taskOf(request, part, volume)}`;
  const job = (what: string, command: string, lines: string) => `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}${what}
spec:
${lines}
  template:
    spec:
      restartPolicy: OnFailure
      containers:
        - name: zoo
          image: backprop-zoo # one that has this package: FROM node:22, RUN npm install --global backprop-zoo
          command: ['sh', '-c', ${JSON.stringify(command)}]
          resources:
            requests: { cpu: '${workers}' }
          volumeMounts:
            - { name: runs, mountPath: ${volume} }
            - { name: definition, mountPath: /definition }
      volumes:
        - name: runs
          persistentVolumeClaim: { claimName: zoo-runs } # one that all pods may write to
        - name: definition
          configMap: { name: ${name} }
`;
  const array = `  completions: ${tasks}\n  parallelism: ${Math.min(tasks, 16)}\n  completionMode: Indexed\n  backoffLimit: ${3 * tasks}`;
  const definition = sweep.trimEnd().replaceAll('\n', '\n    ');
  return {
    'array.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  definition.json: |
    ${definition}
---
${job('', task, array)}`,
    'merge.yaml': job('-merge', `zoo ${mergeOf(volume)}`, '  backoffLimit: 3'),
    'run.sh': `#!/bin/sh
${about(tasks)}
# Words for kubectl may follow, such as --namespace zoo. Before: an image and a volume of the names in the files.
set -eu
cd ${shellWord(request.directory)}
kubectl delete "$@" --ignore-not-found job/${name} job/${name}-merge
kubectl apply "$@" -f array.yaml
kubectl wait "$@" --for=condition=complete --timeout=-1s job/${name}
kubectl apply "$@" -f merge.yaml
`,
  };
}

const writers: Record<Engine, (request: JobRequest, sweep: string) => JobFiles> = {
  slurm,
  kubernetes,
  parallel,
};
