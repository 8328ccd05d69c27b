import { beforeAll, describe, expect, test } from '@jest/globals';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { start, zoo, type Outcome } from '../../../helpers/zoo.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

const onUnix = process.platform === 'win32' ? describe.skip : describe;
const endless = 'train gate --epochs 10000000 --backend cpu'.split(' ');

const directory = temporaryDirectory();
beforeAll(async () => {
  await zoo(['--help']); // builds, if the sources are newer
}, 300_000);

/** Runs the command line and sends one signal after the other, so long after its talk on standard error fits. */
function interrupted(
  args: string[],
  script: [when: RegExp, signal: NodeJS.Signals, milliseconds?: number][],
  stdin: 'ignore' | number = 'ignore',
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = start(args, [stdin, 'pipe', 'pipe']);
    let [stdout, stderr, heard] = ['', '', 0];
    child.stdout!.on('data', (piece: Buffer) => (stdout += piece.toString()));
    child.stderr!.on('data', (piece: Buffer) => {
      stderr += piece.toString();
      if (script.length === 0 || !script[0][0].test(stderr.slice(heard))) return;
      heard = stderr.length;
      const [, signal, milliseconds = 0] = script.shift()!;
      setTimeout(() => child.kill(signal), milliseconds);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const hasBegun = /data: logic-gates/;

onUnix('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s finishes the step, saves, says how to resume, and exits %i',
    async (signal, code) => {
      const out = join(directory, signal);
      const { stdout, stderr, ...ending } = await interrupted(
        [...endless, '--out', out, '--json'],
        // The second is the same Ctrl-C, from npm.
        [
          [hasBegun, signal],
          [/finishing this step/, 'SIGINT', 50],
        ],
      );
      expect(ending.code).toBe(code);
      expect(readdirSync(out).sort()).toEqual([
        'checkpoint.json',
        'decision-boundary.png',
        'decision-boundary.svg',
        'learning-curve.png',
        'learning-curve.svg',
        'report.html',
        'run.json',
        'weights.json',
      ]);
      expect(stderr).toMatch(/finishing this step and saving; press Ctrl-C again to quit immediately/);
      expect(stderr).toMatch(/to resume: zoo train gate --resume \S+\n$/);
      const { interrupted: was, resume, steps } = JSON.parse(stdout) as Record<string, unknown>;
      expect(was).toBe(true);
      expect(resume).toMatch(/^zoo train gate --resume /);
      const { state } = JSON.parse(readFileSync(join(out, 'checkpoint.json'), 'utf8')) as {
        state: { step: number };
      };
      expect(state.step).toBe(steps);
    },
    120_000,
  );

  test('SIGHUP is ignored when nohup has replaced standard input by a write-only /dev/null', async () => {
    const stdin = openSync('/dev/null', 'w');
    const words = 'train gate --epochs 20000 --backend cpu --no-report --out'.split(' ');
    const { code, stdout } = await interrupted(
      [...words, join(directory, 'nohup')],
      [[hasBegun, 'SIGHUP']],
      stdin,
    );
    closeSync(stdin);
    expect(stdout).toMatch(/^trained +20000 epochs/);
    expect(code).toBe(0);
  }, 60_000);

  test('a second signal aborts, and saved files stay complete', async () => {
    const out = join(directory, 'twice');
    // Saving takes long enough, with its pictures to draw.
    const { code, stderr } = await interrupted(
      [...endless, '--out', out, '--checkpoint-every', '20'],
      [
        [hasBegun, 'SIGINT'],
        [/finishing this step/, 'SIGTERM', 550],
      ],
    );
    // The second signal may find everything saved already.
    expect([130, 143]).toContain(code);
    expect(stderr).toMatch(/aborted|to resume/);
    for (const name of readdirSync(out)) {
      expect(name).not.toMatch(/^\.zoo|lock/);
      if (name.endsWith('.json')) JSON.parse(readFileSync(join(out, name), 'utf8'));
    }
  }, 120_000);
});
