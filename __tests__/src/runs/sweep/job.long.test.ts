/** Jobs of sweeps on the real engines: one task is killed, the job is run again, and nothing is trained twice or lost. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startSlurm, whyNoSlurm, type Slurm } from '../../../helpers/slurm.ts';
import { until, zoo } from '../../../helpers/zoo.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

const directory = temporaryDirectory();

const cells = 6;

async function written(engine: string): Promise<string> {
  const words = ['sweep', 'points', '--learning-rate', '0.1,1,2', '--seeds', '2', '--epochs', '12000'];
  const job = ['--rows', '2000', '--backend', 'cpu', '--job', engine, '--out', engine, '--json'];
  const { code, stdout, stderr } = await zoo([...words, ...job], { cwd: directory });
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ job: engine, cells, tasks: cells });
  return join(directory, engine);
}

/** Every result of every task, with the time at which it was written. */
function results(place: string): Record<string, number> {
  const parts = join(place, 'parts');
  const files = readdirSync(parts).flatMap((part) => {
    const folder = join(parts, part, 'cells');
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
  return Object.fromEntries(
    files.filter((file) => file.endsWith('.json')).map((file) => [file, statSync(file).mtimeMs]),
  );
}

/** A process that trains a cell now. */
function holder(place: string): number | undefined {
  const parts = join(place, 'parts');
  for (const part of readdirSync(parts)) {
    try {
      const { pid } = JSON.parse(readFileSync(join(parts, part, 'run.lock'), 'utf8')) as { pid: number };
      if (!Object.keys(results(place)).some((file) => file.includes(join('parts', part, '/')))) return pid;
    } catch {
      // Not there, or gone meanwhile.
    }
  }
  return undefined;
}

/** Kills one task in the midst of its work, once another one has ended. */
async function killOne(place: string): Promise<void> {
  let pid: number | undefined;
  await until(() => Object.keys(results(place)).length > 0 && (pid = holder(place)) !== undefined);
  process.kill(pid!, 'SIGKILL');
}

const countsOf = (place: string) =>
  (
    JSON.parse(readFileSync(join(place, 'results.json'), 'utf8')) as { cells: { status?: string }[] }
  ).cells.filter(({ status }) => status === 'complete').length;

/** @param run the job, to its end */
async function killedAndResumed(
  place: string,
  run: (meanwhile?: Promise<void>) => Promise<void>,
): Promise<void> {
  await run(killOne(place));
  const first = results(place);
  expect(Object.keys(first)).toHaveLength(cells - 1);
  expect(countsOf(place)).toBe(cells - 1);
  await run();
  const second = results(place);
  expect(Object.keys(second)).toHaveLength(cells);
  expect(second).toMatchObject(first);
  expect(countsOf(place)).toBe(cells);
  await run();
  expect(results(place)).toEqual(second);
}

/** These take minutes and need a machine for themselves. */
const areAsked = process.env.ZOO_SLOW === '1';
if (!areAsked) console.info('SKIPPED jobs on real engines: they run where ZOO_SLOW=1 asks for it.');

const hasParallel =
  areAsked && /GNU parallel/.test(spawnSync('parallel', ['--version'], { encoding: 'utf8' }).stdout ?? '');
if (areAsked && !hasParallel)
  console.info('SKIPPED a job under GNU parallel: it is not installed (apt-get install parallel).');

(hasParallel ? test : test.skip)(
  'GNU parallel',
  async () => {
    const place = await written('parallel');
    await killedAndResumed(place, async (meanwhile) => {
      const { NODE_OPTIONS: _, ...env } = process.env;
      const child = spawn('sh', [join(place, 'run.sh'), '--will-cite', '--jobs', '2'], {
        env,
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await meanwhile;
      await ended;
    });
  },
  600_000,
);

const why = areAsked ? whyNoSlurm() : 'it is not asked for';
if (areAsked && why) console.info(`SKIPPED a job under Slurm: ${why}.`);

(why ? describe.skip : describe)('Slurm', () => {
  let slurm: Slurm;
  beforeAll(async () => {
    slurm = await startSlurm(2);
  }, 60_000);
  afterAll(() => slurm?.stop());

  test('one node', async () => {
    const place = await written('slurm');
    await killedAndResumed(place, async (meanwhile) => {
      const { NODE_OPTIONS: _, ...env } = slurm.env;
      const { status, stderr } = spawnSync('sh', [join(place, 'run.sh')], { env, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      await meanwhile;
      const left = () => spawnSync('squeue', ['-h'], { env, encoding: 'utf8' }).stdout.trim();
      const patience = performance.now() + 240_000;
      while (left() !== '') {
        if (performance.now() > patience) throw new Error(`these jobs do not end: ${left()}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    });
  }, 900_000);
});
