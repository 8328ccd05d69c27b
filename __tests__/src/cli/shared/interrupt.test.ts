import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupt } from '../../../../src/cli/shared/interrupt.ts';
import type { Output } from '../../../../src/cli/shared/output.ts';
import { zooHere } from '../../../helpers/zoo-here.ts';
import { start, zoo, type Outcome } from '../../../helpers/zoo.ts';

const onUnix = process.platform === 'win32' ? describe.skip : describe;
const endless = 'train gate --epochs 10000000 --backend cpu'.split(' ');

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-interrupt-'));
  await zoo(['--help']); // builds, if the sources are newer
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true }));

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

  test('a closed terminal ends nothing where nohup has put a /dev/null for writing in place of its input', async () => {
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

  test('a second one aborts, and saved files stay complete', async () => {
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

describe('the command line', () => {
  test.each([
    [
      '--checkpoint-every soon',
      '--checkpoint-every takes steps such as 500 or seconds such as 30s, not soon.',
    ],
    ['--resume nowhere', 'There is nothing to resume in'],
    ['--force-resume', 'force-resume -> resume'],
    ['--resume a --out b', 'a resumed run stays in its own'],
  ])(
    'refuses %s',
    async (options, message) => {
      const { code, stderr } = await zooHere(['train', 'gate', ...options.split(' ')], directory);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
    60_000,
  );
});

describe('signals one by one', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  /** Ends nothing: what would have been done is told. */
  function interruptHere(shell = '') {
    const { _ } = process.env;
    const before = signals.map((name) => process.listeners(name));
    const told: unknown[] = [];
    jest.useFakeTimers();
    const exit = jest.spyOn(process, 'exit').mockImplementation(((code?: number) => {
      told.push(['exit', code]);
      throw new Error('over');
    }) as never);
    process.env._ = shell;
    const output = {
      mustFinish: false,
      say: (text = '') => void told.push(text),
      fail: (...words: unknown[]) => void told.push(words),
    };
    const interrupt = new Interrupt(output as unknown as Output);
    const ours = signals.map((name, i) => process.listeners(name).filter((one) => !before[i].includes(one)));
    const send = (name: (typeof signals)[number]) => {
      for (const listener of ours[signals.indexOf(name)]) {
        try {
          (listener as (name: string) => void)(name);
        } catch (error) {
          expect(error).toEqual(new Error('over'));
        }
      }
      return told.splice(0);
    };
    const end = () => {
      signals.forEach((name, i) => ours[i].forEach((one) => process.off(name, one)));
      process.env._ = _;
      exit.mockRestore();
      jest.useRealTimers();
    };
    return { interrupt, send, end, heard: ours.map(({ length }) => length) };
  }

  test('before training begins one ends the process', () => {
    const { interrupt, send, end, heard } = interruptHere();
    expect(heard).toEqual([1, 1, 1]);
    expect(interrupt.exitCode).toBe(0);
    expect(send('SIGTERM')).toEqual(['', ['interrupted before training began', 143], ['exit', 143]]);
    end();
  });

  test('while it trains the first is told; the next ones count after half a second, but for a closed terminal', () => {
    const { interrupt, send, end } = interruptHere();
    interrupt.trainingBegins();
    expect(send('SIGINT')).toEqual([
      '\ninterrupted: finishing this step and saving; press Ctrl-C again to quit immediately',
    ]);
    expect([interrupt.signal, interrupt.exitCode]).toEqual(['SIGINT', 130]);
    jest.advanceTimersByTime(499);
    expect(send('SIGINT')).toEqual([]);
    jest.advanceTimersByTime(1);
    jest.runAllTimers();
    expect(send('SIGHUP')).toEqual([]);
    expect(send('SIGTERM')).toEqual(['', ['aborted', 143], ['exit', 143]]);
    end();
  });

  test('when all is saved one ends the process as it would have ended', () => {
    const { interrupt, send, end } = interruptHere();
    interrupt.trainingBegins();
    interrupt.allIsSaved();
    expect(send('SIGINT')[0]).toEqual(['exit', undefined]);
    end();
  });

  test('with nohup a closed terminal is not heard', () => {
    const { heard, end } = interruptHere('/usr/bin/nohup');
    expect(heard).toEqual([1, 1, 0]);
    end();
  });
});
