/** Writes the job of a sweep instead of training it. */
import { realpathSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { InputError } from '../../utils/errors.ts';
import { counted, shellWord } from '../../utils/text.ts';
import { makeDirectory, writeFileAtomically } from '../../node/files.ts';
import { distinct, type Cell } from '../../runs/sweep/trials.ts';
import { openDirectory, type SweepPlan } from '../../runs/sweep/directory.ts';
import { jobFiles, type Engine } from '../../runs/sweep/job.ts';
import { wholeNumber, type Arguments } from './options.ts';
import type { Output } from './output.ts';

/** As many as Slurm takes in one array unless its administrator says otherwise. */
const mostTasks = 1000;

/** @throws InputError where the directory holds another sweep */
export async function writeJob(
  plan: SweepPlan,
  cells: Cell[],
  directory: string,
  args: Arguments,
  output: Output,
): Promise<void> {
  if (plan.shard) throw new InputError('A job has all parts: leave out --shard.');
  const count = distinct(cells).length;
  const tasks = args.tasks === undefined ? Math.min(count, mostTasks) : wholeNumber(args, 'tasks', 1, count);
  const workers = args.workers === undefined ? 1 : wholeNumber(args, 'workers', 1, 1024);
  const lock = await openDirectory(directory, plan);
  try {
    const files = jobFiles(args.job as Engine, {
      plan,
      directory: resolve(directory),
      tasks,
      workers,
      from: process.cwd(),
      program: [process.execPath, realpathSync(process.argv[1])],
    });
    await makeDirectory(join(directory, 'parts'));
    // Tasks of other parts may be no longer done.
    await rm(join(directory, 'parallel.log'), { force: true });
    for (const [name, text] of Object.entries(files)) await writeFileAtomically(join(directory, name), text);
    const run = join(directory, 'run.sh');
    await chmod(run, 0o755);
    const paths = Object.keys(files).map((name) => join(directory, name));
    output.result(
      `${counted(count, 'training')} in ${counted(tasks, 'task')}; written: ${paths.map((path) => relative('', path)).join(', ')}\n` +
        `to start, and to go on: sh ${shellWord(relative('', run))}`,
      { job: args.job, cells: count, tasks, files: paths, out: directory },
    );
  } finally {
    await lock.release();
  }
}
