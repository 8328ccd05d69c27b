/** A folder over HTTP: its files with the right types and headers, to allowed hosts, and nothing else. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readlink, truncate, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serveFolder } from '../../../src/node/serve-folder.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const scratch = temporaryDirectory();
let served: Awaited<ReturnType<typeof serveFolder>>;
beforeAll(async () => {
  await mkdir(join(scratch, 'site', 'parts'), { recursive: true });
  await mkdir(join(scratch, 'site-of-another'));
  await writeFile(join(scratch, 'site', 'index.html'), 'hello');
  await writeFile(join(scratch, 'site', 'parts', 'a b.js'), '1;');
  await writeFile(join(scratch, 'site', 'x.wasm'), '');
  for (const place of ['secret.txt', 'site-of-another/secret.txt'])
    await writeFile(join(scratch, place), 'no');
  served = await serveFolder(join(scratch, 'site'), { allowedHosts: ['zoo.Example.org'] });
});
afterAll(() => void served.server.close());

/** Sent as it is written: `fetch` would tidy the path up, and set the host. */
const get = (
  path: string,
  { method = 'GET', host = '127.0.0.1' } = {},
): Promise<{ status?: number; headers: IncomingHttpHeaders; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.address);
    request({ hostname, port, path, method, headers: { host } }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    })
      .on('error', reject)
      .end();
  });

test('returns files with their types, and the index of the folder', async () => {
  const typed = (type: string) => expect.objectContaining({ 'content-type': type });
  expect(await get('/')).toEqual({ status: 200, headers: typed('text/html; charset=utf-8'), text: 'hello' });
  expect(await get('/parts/a%20b.js?x=1')).toEqual({
    status: 200,
    headers: typed('text/javascript; charset=utf-8'),
    text: '1;',
  });
  expect(await get('/x.wasm')).toMatchObject({ status: 200, headers: typed('application/wasm') });
  expect(await get('/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  expect(await get('/', { method: 'POST' })).toMatchObject({ status: 405 });
});

test.each([
  '/none.txt',
  '/parts/',
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/../site-of-another/secret.txt',
  '/%00',
  '/%',
])('rejects %s and returns nothing from outside the folder', async (path) => {
  const { status, text } = await get(path);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(text).not.toContain('secret');
});

test('responses allow scripts, workers and WebAssembly of the folder only, and no guessing of types', async () => {
  for (const path of ['/', '/parts/a%20b.js', '/x.wasm']) {
    const { headers } = await get(path);
    expect(headers['x-content-type-options']).toBe('nosniff');
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
  }
});

test.each([
  'localhost',
  'LOCALHOST:80',
  '127.0.0.1:8080',
  '127.1.2.3',
  '[::1]:1',
  'Zoo.example.org',
  'zoo.example.org:443',
])('answers the host %s', async (host) => {
  expect(await get('/', { host })).toMatchObject({ status: 200, text: 'hello' });
});

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example:8080',
  'x@localhost',
])('rejects the host "%s"', async (host) => {
  const { status, text } = await get('/', { host });
  expect(status).toBe(403);
  expect(text).toContain(`The host "${host.replace(/:.*/, '')}" is not allowed.`);
});

const descriptors = '/proc/self/fd';
(existsSync(descriptors) ? test : test.skip)('aborted downloads leave no open file', async () => {
  const place = join(scratch, 'site', 'large');
  await writeFile(place, '');
  await truncate(place, 20_000_000);
  const { hostname, port } = new URL(served.address);
  const abort = () =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname);
      socket.write(`GET /large HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
      socket.once('data', () => resolve(void socket.destroy()));
    });
  const open = async () => {
    const files = (await readdir(descriptors)).map((name) =>
      readlink(join(descriptors, name)).catch(() => ''),
    );
    return (await Promise.all(files)).filter((file) => file === place).length;
  };
  const most: number[] = [];
  for (let i = 0; i < 40; i++) {
    await abort();
    most.push(await open());
  }
  // The downloads did open the file, and each closes it after it was aborted.
  expect(Math.max(...most)).toBeGreaterThan(0);
  for (let wait = 0; wait < 100 && (await open()) > 0; wait++) await setTimeout(10);
  expect(await open()).toBe(0);
});

test('a port that is taken is one sentence', async () => {
  const port = Number(new URL(served.address).port);
  await expect(serveFolder(scratch, { port })).rejects.toThrow(
    `Cannot listen on port ${port}: another program uses it. Choose another --port.`,
  );
});
