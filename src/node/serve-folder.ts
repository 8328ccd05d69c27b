/**
 * A folder of static files over HTTP, to this machine alone.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import send from 'send';
import { InputError } from '../utils/errors.ts';

/** Scripts, workers and WebAssembly from the folder alone. The page sets styles and makes pictures and downloads itself. */
const headers = {
  'Content-Security-Policy': [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    ...['object-src', 'base-uri', 'form-action', 'frame-ancestors'].map((name) => `${name} 'none'`),
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  // The browser asks whether a file has changed, so a new build shows at once.
  'Cache-Control': 'no-cache',
};

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

interface ServerOptions {
  /** 0 for any that is free. */
  port?: number;
  /** Host names under which the server answers, beside those of the loopback interface. */
  allowedHosts?: string[];
}

/**
 * Requests for other hosts are rejected: a web site whose name resolves to this machine must not read the folder.
 *
 * @returns the server and its address, which ends in `/`
 * @throws InputError where the port is in use or not allowed
 */
export async function serveFolder(
  folder: string,
  { port = 0, allowedHosts = [] }: ServerOptions = {},
): Promise<{ server: Server; address: string }> {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
    const fail = (status: number, text: string) =>
      response
        .writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' })
        .end(`${text}\n`);
    if (!loopback.test(host) && !allowed.has(host)) {
      fail(403, `The host "${host}" is not allowed. Allow it with --allow-host ${host}.`);
    } else if (!['GET', 'HEAD'].includes(request.method!)) {
      fail(405, 'Only GET and HEAD are allowed.');
    } else {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      send(request, request.url!.split('?')[0], { root: folder, cacheControl: false }).pipe(response);
    }
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
