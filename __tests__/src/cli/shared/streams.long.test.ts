import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from '../../../../src/runs/save.ts';
import { loadRunRecord } from '../../../../src/runs/load.ts';
import { models } from '../../../../models/index.ts';
import { bin, ending, start, until, zoo } from '../../../helpers/zoo.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

const onUnix = process.platform === 'win32' ? describe.skip : describe;
const withScript = spawnSync('script', ['--version']).status === 0 ? test : test.skip;
const withNohup = spawnSync('bash', ['-c', 'nohup --version']).status === 0 ? test : test.skip;
const withFullDisk = existsSync('/dev/full') ? test : test.skip;

const directory = temporaryDirectory();
beforeAll(async () => {
  await zoo(['--help']); // builds, if the sources are newer
}, 300_000);

const short = 'train gate --epochs 2000 --backend cpu --no-report --out'.split(' ');
const endless = 'train gate --epochs 10000000 --backend cpu --no-report --checkpoint-every 1s --out'.split(
  ' ',
);
const out = (name: string): string => join(directory, name);

/** Trains until the first checkpoint is there. */
const hasBegun = (directory: string) => until(() => existsSync(join(directory, 'checkpoint.json')));

/** The reader of everything that the process says dies, once it says something. */
async function loseReaders(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => child.stderr!.once('data', resolve));
  child.stderr!.destroy();
  child.stdout!.destroy();
}

/** The run can go on from its last step. */
async function expectResumable(directory: string): Promise<void> {
  const { state } = await readCheckpoint(directory, models.gate);
  const { status, steps } = await loadRunRecord(directory);
  expect([status, steps]).toEqual(['interrupted', state.step]);
}

onUnix('a run is not lost', () => {
  test('when `tee` is ended by the same Ctrl-C', async () => {
    const child = start([...endless, out('tee')]);
    await loseReaders(child);
    await hasBegun(out('tee'));
    child.kill('SIGINT');
    expect(await ending(child)).toBe(130);
    await expectResumable(out('tee'));
  }, 60_000);

  test('when `head` has closed the output: it trains to its end', async () => {
    const child = start([...short, out('head')]);
    await loseReaders(child);
    expect(await ending(child)).toBe(0);
    expect((await loadRunRecord(out('head'))).status).toBe('complete');
  }, 60_000);

  withFullDisk(
    'when the disk under its log is full; only that its result was not told is an error',
    async () => {
      const full = openSync('/dev/full', 'w');
      const silenced = start([...short, out('full-log')], ['ignore', 'ignore', full]);
      expect(await ending(silenced)).toBe(0);
      const unheard = start([...short, out('full')], ['ignore', full, 'pipe']);
      let stderr = '';
      unheard.stderr!.on('data', (piece: Buffer) => (stderr += piece.toString()));
      expect(await ending(unheard)).toBe(1);
      closeSync(full);
      expect(stderr).toMatch(/\nzoo: cannot write "standard output": the disk is full\n$/);
      for (const name of ['full-log', 'full'])
        expect((await loadRunRecord(out(name))).status).toBe('complete');
    },
    60_000,
  );

  withScript(
    'when its terminal is closed: it saves and exits 129',
    async () => {
      const code = out('terminal-code');
      // The shell outlives its terminal to tell how training ended.
      const command = `trap '' HUP; '${process.execPath}' '${bin}' ${[...endless, out('terminal')].join(' ')}; echo $? > ${code}`;
      const terminal = spawn('script', ['-qfec', command, '/dev/null'], {
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      await hasBegun(out('terminal'));
      terminal.kill('SIGKILL');
      const pid = (JSON.parse(readFileSync(join(out('terminal'), 'run.lock'), 'utf8')) as { pid: number })
        .pid;
      // A shell sends its own SIGHUP beside the system's.
      for (let i = 0; i < 3; i++) process.kill(pid, 'SIGHUP');
      await until(() => existsSync(code) && readFileSync(code, 'utf8').endsWith('\n'));
      expect(readFileSync(code, 'utf8')).toBe('129\n');
      await expectResumable(out('terminal'));
    },
    60_000,
  );

  withNohup(
    'when it runs with nohup: it continues after the terminal is closed',
    async () => {
      const child = spawn(
        'bash',
        ['-c', 'nohup "$0" "$@"', process.execPath, bin, ...endless, out('nohup')],
        {
          stdio: 'ignore',
        },
      );
      await hasBegun(out('nohup'));
      child.kill('SIGHUP');
      const { mtimeMs } = statSync(join(out('nohup'), 'checkpoint.json'));
      await until(() => statSync(join(out('nohup'), 'checkpoint.json')).mtimeMs > mtimeMs + 1500);
      child.kill('SIGTERM');
      expect(await ending(child)).toBe(143);
      await expectResumable(out('nohup'));
    },
    60_000,
  );

  test('when a signal arrives during saving: it is complete and exits with 0', async () => {
    const child = start([...short, out('late')]);
    await until(() => existsSync(join(out('late'), 'weights.json')));
    child.kill('SIGTERM');
    expect(await ending(child)).toBe(0);
    expect((await loadRunRecord(out('late'))).status).toBe('complete');
  }, 60_000);

  test('when it is a sweep whose output is closed', async () => {
    const child = start(
      `sweep gate --learning-rate 0.1,1 --epochs 50 --backend cpu --out ${out('sweep')}`.split(' '),
    );
    await loseReaders(child);
    expect(await ending(child)).toBe(0);
    expect(existsSync(join(out('sweep'), 'results.json'))).toBe(true);
  }, 60_000);
});

onUnix('what has nothing to save', () => {
  test('ends without an error when its output is closed', async () => {
    const child = start(['list', '--json'], ['ignore', 'pipe', 'pipe']);
    child.stdout!.destroy();
    let stderr = '';
    child.stderr!.on('data', (piece: Buffer) => (stderr += piece.toString()));
    expect(await ending(child)).toBe(0);
    expect(stderr).toBe('');
  }, 60_000);

  withFullDisk(
    'fails in one sentence when its result cannot be written',
    async () => {
      const full = openSync('/dev/full', 'w');
      const child = start(['list', '--json'], ['ignore', full, 'ignore']);
      expect(await ending(child)).toBe(1);
      closeSync(full);
    },
    60_000,
  );
});
