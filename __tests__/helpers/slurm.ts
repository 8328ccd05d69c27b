/** A Slurm of one node for a test: its daemons run from a scratch directory, on ports of their own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** What is missing for a Slurm here, or nothing. */
export function whyNoSlurm(): string | undefined {
  const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].filter(
    (name) => spawnSync('which', [name]).status !== 0,
  );
  if (missing.length > 0)
    return `${missing.join(', ')} not installed (apt-get install slurm-wlm munge brings them)`;
  return userInfo().uid === 0 ? undefined : 'only root can start its daemons';
}

export interface Slurm {
  env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** @throws where the node does not become idle in half a minute */
export async function startSlurm(cpus: number): Promise<Slurm> {
  const directory = await mkdtemp(join(tmpdir(), 'zoo-slurm-'));
  const daemons: ChildProcess[] = [];
  const stop = async () => {
    for (const daemon of daemons.reverse()) {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      if (daemon.exitCode === null && daemon.signalCode === null) {
        daemon.kill();
        await ended;
      }
    }
    await rm(directory, { recursive: true, force: true });
  };
  const name = hostname().split('.')[0];
  const [key, socket, conf] = ['munge.key', 'munge.socket', 'slurm.conf'].map((file) =>
    join(directory, file),
  );
  const port = 20_000 + (process.pid % 20_000);
  await writeFile(key, randomBytes(128), { mode: 0o400 });
  await writeFile(
    conf,
    [
      'ClusterName=zoo',
      `SlurmctldHost=${name}(127.0.0.1)`,
      `SlurmctldPort=${port}`,
      `SlurmdPort=${port + 1}`,
      'SlurmUser=root',
      'SlurmdUser=root',
      'AuthType=auth/munge',
      `AuthInfo=socket=${socket}`,
      'CredType=cred/munge',
      `StateSaveLocation=${join(directory, 'state')}`,
      `SlurmdSpoolDir=${join(directory, 'spool')}`,
      `SlurmctldPidFile=${join(directory, 'slurmctld.pid')}`,
      `SlurmdPidFile=${join(directory, 'slurmd.pid')}`,
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'JobAcctGatherType=jobacct_gather/none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_CPU',
      'SchedulerParameters=sched_interval=1,batch_sched_delay=0',
      'ReturnToService=2',
      'MpiDefault=none',
      `NodeName=${name} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN`,
      `PartitionName=all Nodes=${name} Default=YES MaxTime=INFINITE State=UP`,
    ].join('\n'),
  );
  const env = { ...process.env, SLURM_CONF: conf };
  const start = (program: string, words: string[]) =>
    daemons.push(spawn(program, words, { env, stdio: 'ignore' }));
  try {
    const files = ['seed', 'pid', 'log'].map((what) => `--${what}-file=${join(directory, `munge.${what}`)}`);
    start('munged', ['--foreground', '--force', `--key-file=${key}`, `--socket=${socket}`, ...files]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    start('slurmctld', ['-D', '-i', '-f', conf]);
    start('slurmd', ['-D', '-f', conf, '-N', name]);
    const patience = performance.now() + 30_000;
    while (!/idle/.test(spawnSync('sinfo', ['-h', '-o', '%T'], { env, encoding: 'utf8' }).stdout)) {
      if (performance.now() > patience) throw new Error('no node becomes idle');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, stop };
}
