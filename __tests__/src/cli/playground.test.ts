import { afterAll, expect, jest, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../../../src/utils/errors.ts';
import type { Output } from '../../../src/cli/shared/output.ts';

const packageRoot = pathToFileURL(`${mkdtempSync(join(tmpdir(), 'zoo-served-'))}/`);
jest.unstable_mockModule('../../../src/node/environment.ts', () => ({ packageRoot }));
const { default: command } = await import('../../../src/cli/playground.ts');
const { exitCode } = process;
afterAll(() => {
  process.exitCode = exitCode;
  rmSync(packageRoot, { recursive: true });
});

/** Serves the page: what was told of it, and when that has ended. */
async function served() {
  let told: [string, { address: string }] | undefined;
  let tell: () => void;
  const begun = new Promise<void>((resolve) => (tell = resolve));
  const result = (...said: NonNullable<typeof told>) => {
    told = said;
    tell();
  };
  const ended = command.handler({ port: 0, allowHost: ['zoo.example.org'] }, { result } as unknown as Output);
  await Promise.race([begun, ended]);
  return { told: told!, ended };
}

test('rejects a page that is not built, and says how to build it', async () => {
  await expect(served()).rejects.toThrow(
    new InputError('The page is not built. Run npm run build:playground.'),
  );
});

test('rejects an allowed host with a port or a scheme', async () => {
  for (const host of ['zoo.example.org:80', 'https://zoo.example.org', ''])
    await expect(command.handler({ port: 0, allowHost: [host] }, {} as Output)).rejects.toThrow(
      new InputError(`--allow-host takes a host name such as zoo.example.org, not ${host}.`),
    );
});

/** `fetch` would send its own host. */
const statusFor = (address: string, host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const done = ({ statusCode }: IncomingMessage) => resolve(statusCode);
    get(address, { headers: { host }, agent: false }, done).on('error', reject);
  });

const page = '<title>the page</title>';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the page is served until %s, and nothing holds the process then', async (signal, code) => {
  mkdirSync(new URL('dist/playground/', packageRoot), { recursive: true });
  writeFileSync(new URL('dist/playground/index.html', packageRoot), page);
  const before = process.listeners(signal);
  const { told, ended } = await served();
  const [text, { address }] = told;
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/$/);
  expect(text).toBe(`playground at ${address} (Ctrl-C to stop)`);
  // A connection that is kept open must not keep the process.
  expect(await (await fetch(address, { headers: { connection: 'keep-alive' } })).text()).toBe(page);
  expect(await statusFor(address, 'zoo.example.org')).toBe(200);
  expect(await statusFor(address, 'evil.example')).toBe(403);
  const [heard] = process.listeners(signal).filter((listener) => !before.includes(listener));
  (heard as () => void)();
  await ended;
  expect(process.exitCode).toBe(code);
  await expect(fetch(address)).rejects.toThrow();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(name);
});
