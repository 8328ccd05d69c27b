/** A folder over HTTP: what is in it, with the right types, and nothing that is not. */
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
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
  served = await serveFolder(join(scratch, 'site'));
});
afterAll(() => void served.server.close());

/** Sent as it is written: `fetch` would tidy the path up. */
const get = (path: string, method = 'GET'): Promise<{ status?: number; type?: string; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.address);
    request({ hostname, port, path, method }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], text }),
      );
    })
      .on('error', reject)
      .end();
  });

test('files come with their types, the folder by its index', async () => {
  expect(await get('/')).toEqual({ status: 200, type: 'text/html; charset=utf-8', text: 'hello' });
  expect(await get('/parts/a%20b.js?x=1')).toEqual({ status: 200, type: 'text/javascript', text: '1;' });
  expect(await get('/x.wasm')).toMatchObject({ status: 200, type: 'application/wasm' });
  expect(await get('/', 'HEAD')).toMatchObject({ status: 200, text: '' });
  expect(await get('/', 'POST')).toMatchObject({ status: 405 });
});

test.each([
  '/none.txt',
  '/parts',
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/../site-of-another/secret.txt',
  '/%00',
  '/%',
])('%s is not there', async (path) => {
  expect(await get(path)).toMatchObject({ status: 404, text: '' });
});

test('a port that is taken is one sentence', async () => {
  const port = Number(new URL(served.address).port);
  await expect(serveFolder(scratch, port)).rejects.toThrow(
    `Cannot listen on port ${port}: another program uses it. Choose another --port.`,
  );
});
