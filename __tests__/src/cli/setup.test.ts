import { beforeEach, expect, jest, test } from '@jest/globals';
import type { Output } from '../../../src/cli/output.ts';

const setupNative = jest.fn<(...given: unknown[]) => Promise<object>>();
const removeNative = jest.fn<() => Promise<string | undefined>>();
jest.unstable_mockModule('../../../src/node/tensorflow/setup.ts', () => ({
  setupNative,
  removeNative,
  megabytesOf: (directory: string) => Promise.resolve(directory.length),
}));
const { default: command } = await import('../../../src/cli/setup.ts');

const result = jest.fn();
const say = jest.fn();
const output = { result, say } as unknown as Output;
let now = 0;
beforeEach(() => {
  result.mockClear();
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});

const done = { tensorflow: '2.9.1', source: 'a wheel', directory: '/native' };

test('what was built is told: of what, how long it took, how large it is, where', async () => {
  setupNative.mockImplementation((_, tell) => {
    (tell as (message: string) => void)('building');
    now += 83_449;
    return Promise.resolve({ ...done, changed: true });
  });
  await command.handler({ libtensorflow: 'a.tar.gz' }, output);
  expect(setupNative.mock.lastCall?.[0]).toEqual({ libtensorflow: 'a.tar.gz', fromPython: undefined });
  expect(say.mock.calls).toEqual([['building']]);
  expect(result.mock.lastCall).toEqual([
    'TensorFlow 2.9.1 works, made from a wheel in 83.4 s; 7 MB in /native',
    { ...done, changed: true, seconds: 83.4, megabytes: 7 },
  ]);
});

test('what works already is left as it is', async () => {
  setupNative.mockResolvedValue({ ...done, changed: false });
  await command.handler({ fromPython: '' }, output);
  expect(setupNative.mock.lastCall?.[0]).toEqual({ libtensorflow: undefined, fromPython: '' });
  expect(result.mock.lastCall).toEqual([
    'TensorFlow 2.9.1 works already, in /native; nothing to do',
    { ...done, changed: false, seconds: 0, megabytes: undefined },
  ]);
});

test.each([
  ['/native', 'removed /native', '/native'],
  [undefined, 'there was nothing to remove', null],
])('%p is taken away: %s', async (place, text, removed) => {
  removeNative.mockResolvedValue(place);
  setupNative.mockClear();
  await command.handler({ remove: true }, output);
  expect(result.mock.calls).toEqual([[text, { removed }]]);
  expect(setupNative).not.toHaveBeenCalled();
});
