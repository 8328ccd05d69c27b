/**
 * A folder of static files over HTTP, to this machine alone.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { InputError } from '../utils/errors.ts';

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * @param port 0 for any that is free
 * @returns the server and its address, which ends in `/`
 * @throws InputError where the port is in use or not allowed
 */
export async function serveFolder(folder: string, port = 0): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    void pathOf(request.url ?? '/', folder).then((path) => {
      if (!path || !['GET', 'HEAD'].includes(request.method ?? '')) {
        response.writeHead(path ? 405 : 404).end();
        return;
      }
      response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
      // A page that was built anew is to be seen at once.
      response.setHeader('Cache-Control', 'no-cache');
      if (request.method === 'HEAD') response.end();
      else createReadStream(path).pipe(response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'another program uses it' : `the system says ${code}`;
      reject(new InputError(`Cannot listen on port ${port}: ${why}. Choose another --port.`));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** The file behind an address; undefined where there is none, above all outside the folder. */
async function pathOf(url: string, folder: string): Promise<string | undefined> {
  try {
    const wanted = normalize(decodeURIComponent(new URL(url, 'http://here').pathname));
    const path = join(folder, wanted.endsWith('/') ? `${wanted}index.html` : wanted);
    return path.startsWith(normalize(folder)) && (await stat(path)).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
