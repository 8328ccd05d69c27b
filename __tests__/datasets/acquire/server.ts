/** A web server on loopback whose behaviour a test writes down, answer by answer. */
import { readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export type Behaviour = (request: IncomingMessage, response: ServerResponse, visit: number) => void;

export interface Server extends AsyncDisposable {
  /** Ends in a slash. */
  mirror: string;
  /** The requests that came, as `path` or `path bytes=from-`. */
  visits: string[];
  /** Connections that are open. */
  open: () => Promise<number>;
}

/** @param behave Gets the number of earlier requests, so that each answer may differ. */
export async function serve(behave: Behaviour): Promise<Server> {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    visits.push(range === undefined ? String(request.url) : `${request.url} ${range}`);
    behave(request, response, visits.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    mirror: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    visits,
    open: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A well-behaved server, which resumes. */
export const good =
  (content: Uint8Array): Behaviour =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0) {
      response.statusCode = 206;
      response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    }
    response.setHeader('content-length', content.length - from);
    response.end(content.subarray(from));
  };

/**
 * Sends the head and `bytes` bytes of the content, waits until the client has them on its disk (those that are still
 * on their way when a connection breaks may be lost with it), then breaks the connection.
 */
export const dropsAfter =
  (bytes: number, content: Uint8Array, place: { directory: string }): Behaviour =>
  (_request, response) => {
    response.setHeader('content-length', content.length);
    response.flushHeaders();
    if (bytes > 0) response.write(content.subarray(0, bytes));
    const timer = setInterval(() => {
      const part = readdirSync(place.directory).find((name) => name.endsWith('.tmp'));
      if (part && statSync(join(place.directory, part)).size < bytes) return;
      clearInterval(timer);
      response.destroy();
    }, 3);
  };

export const answers =
  (
    status: number,
    headers: Record<string, string> = {},
    body: string | Uint8Array = 'not the file',
  ): Behaviour =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);
