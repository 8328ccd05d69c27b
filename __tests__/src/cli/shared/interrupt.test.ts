import { expect, jest, test } from '@jest/globals';
import { Interrupt } from '../../../../src/cli/shared/interrupt.ts';
import type { Output } from '../../../../src/cli/shared/output.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** An Interrupt whose calls of `process.exit` and of its output are recorded instead. */
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

test('before training begins, a signal ends the process', () => {
  const { interrupt, send, end, heard } = interruptHere();
  expect(heard).toEqual([1, 1, 1]);
  expect(interrupt.exitCode).toBe(0);
  expect(send('SIGTERM')).toEqual(['', ['interrupted before training began', 143], ['exit', 143]]);
  end();
});

test('during training, the first signal is reported, and further ones except SIGHUP count after half a second', () => {
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

test('after everything is saved, a signal ends the process without changing its exit code', () => {
  const { interrupt, send, end } = interruptHere();
  interrupt.trainingBegins();
  interrupt.allIsSaved();
  expect(send('SIGINT')[0]).toEqual(['exit', undefined]);
  end();
});

test('with nohup, SIGHUP is not handled', () => {
  const { heard, end } = interruptHere('/usr/bin/nohup');
  expect(heard).toEqual([1, 1, 0]);
  end();
});
