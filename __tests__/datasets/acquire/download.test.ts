import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { download } from '../../../datasets/acquire/download.ts';
import { silent } from '../../../src/dataset.ts';
import { InputError, WorkError } from '../../../src/errors.ts';
import { sha256 } from '../../../src/files.ts';
import { answers, dropsAfter, good, serve, type Behaviour } from './server.ts';

const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
const file = { name: 'numbers.bin', bytes: content.length, sha256: sha256(content) };
const limits = { answer: 400, stall: 400, total: 20_000, backoff: [5, 5] };
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Of the right length, so that only its content can give it away; it would unpack to 100 MB. */
const gzipBomb = gzipSync(Buffer.alloc(105_000_000)).subarray(0, content.length);

let directory: string;
let path: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-download-'));
  path = join(directory, file.name);
  environment = { ...process.env };
  for (const name of proxyVariables) delete process.env[name];
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  process.env = environment;
});

const fetchFrom = (...mirrors: string[]) => download(file, mirrors, path, silent, limits);

/** What a download must leave behind in the end: the whole file, or nothing at all. */
function expectWhole() {
  expect(readdirSync(directory)).toEqual([file.name]);
  expect(sha256(readFileSync(path))).toBe(file.sha256);
}

async function expectFailure(mirror: string, complaint: string) {
  const failure = fetchFrom(mirror);
  await expect(failure).rejects.toThrow(
    `the download of numbers.bin failed: ${new URL(mirror).host} ${complaint}`,
  );
  await expect(failure).rejects.toBeInstanceOf(WorkError);
  expect(readdirSync(directory)).toEqual([]);
}

test('a good server: the file is whole, in its place and returned, with progress', async () => {
  await using server = await serve(good(content));
  const reported: (number | undefined)[][] = [];
  const progress = {
    ...silent,
    update: (_: string, done: number, total?: number) => void reported.push([done, total]),
  };
  const downloaded = await download(file, [server.mirror], path, progress, limits);
  expect(sha256(downloaded.content)).toBe(file.sha256);
  expect(downloaded.mirror).toBe(server.mirror);
  expect(reported.at(-1)).toEqual([content.length, content.length]);
  expect(server.visits).toEqual(['/numbers.bin']);
  expectWhole();
});

describe('a connection that breaks', () => {
  test.each([0, 1, 65_535, 65_536, 99_999])('after %d bytes is resumed there', async (bytes) => {
    await using server = await serve((...visit) =>
      (visit[2] === 0 ? dropsAfter(bytes, content) : good(content))(...visit),
    );
    await fetchFrom(server.mirror);
    expect(server.visits).toHaveLength(2);
    const resumed = /bytes=(\d+)-/.exec(server.visits[1]);
    // What was sent last may be lost with the connection, but nothing is fetched twice for no reason.
    expect(Number(resumed?.[1] ?? 0)).toBeLessThanOrEqual(bytes);
    if (bytes > 0) expect(resumed).not.toBeNull();
    expectWhole();
  });

  test('twice, at the second mirror, after the first was no use: three pieces make the file', async () => {
    await using useless = await serve(dropsAfter(1000, content));
    await using server = await serve(good(content));
    await fetchFrom(useless.mirror, server.mirror);
    expect(useless.visits).toHaveLength(3);
    expect(server.visits).toEqual(['/numbers.bin bytes=1000-']);
    expectWhole();
  });

  test('a server that cannot resume sends the whole file again', async () => {
    await using server = await serve((request, response, visit) => {
      if (visit === 0) dropsAfter(5000, content)(request, response, visit);
      else response.writeHead(200, { 'content-length': content.length }).end(content);
    });
    await fetchFrom(server.mirror);
    expectWhole();
  });

  test.each<[string, Behaviour]>([
    ['answers 416', answers(416)],
    ['sends another range', answers(206, { 'content-range': 'bytes 7-99999/100000' })],
    ['sends a range of another file', answers(206, { 'content-range': 'bytes 5000-99999/123456' })],
    ['sends a range without saying which', answers(206)],
  ])('a server that %s instead of resuming is asked for the whole file', async (_, wrong) => {
    const visits = [dropsAfter(5000, content), wrong, good(content)];
    await using server = await serve((request, response, visit) => visits[visit](request, response, visit));
    await fetchFrom(server.mirror);
    expect(server.visits).toEqual(['/numbers.bin', '/numbers.bin bytes=5000-', '/numbers.bin']);
    expectWhole();
  });

  test('pieces of different files do not make a file', async () => {
    await using liar = await serve(
      dropsAfter(
        5000,
        content.map((byte) => byte ^ 1),
      ),
    );
    await using server = await serve(good(content));
    await fetchFrom(liar.mirror, server.mirror);
    expect(server.visits).toEqual(['/numbers.bin bytes=5000-', '/numbers.bin']);
    expectWhole();
  });

  test('a file without an announced length that ends early is resumed', async () => {
    await using server = await serve((request, response, visit) => {
      if (visit === 0)
        response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(content.subarray(0, 5000));
      else good(content)(request, response, visit);
    });
    await fetchFrom(server.mirror);
    expect(server.visits[1]).toBe('/numbers.bin bytes=5000-');
    expectWhole();
  });

  test('always at once: given up after the retries', async () => {
    await using server = await serve((_, response) => void response.destroy());
    await expectFailure(server.mirror, 'drops the connection');
    expect(server.visits).toHaveLength(3);
  });
});

describe('refused', () => {
  test.each<[string, Behaviour, string]>([
    ['HTTP 403', answers(403), 'answers HTTP 403'],
    ['HTTP 404', answers(404), 'answers HTTP 404'],
    ['HTTP 204', answers(204), 'answers HTTP 204'],
    ['an unasked part', answers(206, { 'content-range': 'bytes 0-9/10' }), 'answers HTTP 206'],
    ['a long wait', answers(429, { 'retry-after': '3600' }), 'answers HTTP 429'],
    ['a date far away', answers(503, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }), 'answers HTTP 503'],
    [
      'file:',
      answers(302, { location: 'file:///etc/passwd' }),
      'redirects to a file: address, which is refused',
    ],
    [
      'ftp:',
      answers(301, { location: 'ftp://127.0.0.1/a' }),
      'redirects to a ftp: address, which is refused',
    ],
    ['data:', answers(307, { location: 'data:,abc' }), 'redirects to a data: address, which is refused'],
    ['nowhere', answers(308, { location: 'http://' }), 'redirects without a usable address'],
    ['a circle', answers(303, { location: '/numbers.bin' }), 'redirects more than 5 times'],
    ['a wrong length', answers(200, { 'content-length': '12' }), 'announces 12 bytes, expected 100000'],
    [
      'wrong bytes',
      good(content.map((byte) => 255 - byte)),
      'sends other bytes than were published (wrong SHA-256)',
    ],
    [
      'an endless body',
      (_, response) => {
        const more = () => void response.write(content, (error) => error ?? setImmediate(more));
        more();
      },
      'sends more than the 100000 bytes of the file',
    ],
    [
      'a gzip bomb, which is never unpacked',
      answers(200, { 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' }, gzipBomb),
      'sends other bytes than were published (wrong SHA-256)',
    ],
    ['a head that is no HTTP', (_, response) => void response.socket?.end('HTTP/9 what\r\n\r\n'), 'fails ('],
    ['silence', () => {}, 'does not answer within 0.4 s'],
  ])('%s, at once and without retry; the next mirror is taken', async (_, behave, complaint) => {
    await using server = await serve(behave);
    await expectFailure(server.mirror, complaint);
    expect(new Set(server.visits)).toEqual(new Set(['/numbers.bin']));
    if (!complaint.includes('5 times')) expect(server.visits).toHaveLength(1);

    await using next = await serve(good(content));
    const notes: string[] = [];
    await download(
      file,
      [server.mirror, next.mirror],
      path,
      { ...silent, note: (note) => notes.push(note) },
      limits,
    );
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(complaint);
    expectWhole();
  });

  test('a redirect to https is followed, and fails only because nothing secure listens there', async () => {
    await using plain = await serve(good(content));
    await using server = await serve(answers(302, { location: plain.mirror.replace('http:', 'https:') }));
    await expectFailure(server.mirror, 'fails (');
    expect(plain.visits).toEqual([]);
  });
});

describe('tried again', () => {
  test.each([429, 500, 502, 503, 504, 408])('after HTTP %d', async (status) => {
    await using server = await serve((...visit) =>
      (visit[2] < 2 ? answers(status, { 'retry-after': '0' }) : good(content))(...visit),
    );
    await fetchFrom(server.mirror);
    expect(server.visits).toHaveLength(3);
    expectWhole();
  });

  test('not for ever', async () => {
    await using server = await serve(answers(500));
    await expectFailure(server.mirror, 'answers HTTP 500');
    expect(server.visits).toHaveLength(3);
  });

  test('after a stall, from the byte where it began', async () => {
    await using server = await serve((request, response, visit) => {
      if (visit > 0) return good(content)(request, response, visit);
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 5000));
    });
    await fetchFrom(server.mirror);
    expect(server.visits).toEqual(['/numbers.bin', '/numbers.bin bytes=5000-']);
    expectWhole();
  });
});

test('a trickle that never stalls ends with the total time', async () => {
  await using server = await serve((_, response) => {
    const timer = setInterval(() => response.write('a'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const failure = download(file, [server.mirror], path, silent, { ...limits, total: 200 });
  await expect(failure).rejects.toThrow(/is too slow/);
  expect(readdirSync(directory)).toEqual([]);
});

test('a redirect to another place is followed', async () => {
  await using server = await serve(good(content));
  await using redirecting = await serve(answers(302, { location: `${server.mirror}elsewhere` }));
  await fetchFrom(redirecting.mirror);
  expect(server.visits).toEqual(['/elsewhere']);
  expectWhole();
});

test('no server at all, no name: said in one sentence, nothing left behind', async () => {
  const closed = await serve(good(content));
  await closed[Symbol.asyncDispose]();
  await expectFailure(closed.mirror, 'refuses the connection');
  await expectFailure('http://no-such-host.invalid/', 'its name cannot be resolved');
});

test('two at once both succeed and leave one whole file', async () => {
  await using slow = await serve((request, response) =>
    setTimeout(() => good(content)(request, response, 0), 50),
  );
  await using server = await serve(good(content));
  await Promise.all([fetchFrom(slow.mirror), fetchFrom(server.mirror), fetchFrom(server.mirror)]);
  expectWhole();
});

describe('the disk', () => {
  test('what stands in the place of the file stays where the download fails', async () => {
    writeFileSync(path, 'old');
    await using server = await serve(answers(404));
    await expect(fetchFrom(server.mirror)).rejects.toThrow(/HTTP 404/);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(directory)).toEqual([file.name]);
  });

  test('a directory that is not there is wrong input, and no server is asked', async () => {
    await using server = await serve(good(content));
    const failure = download(file, [server.mirror], join(directory, 'none', 'a'), silent, limits);
    await expect(failure).rejects.toBeInstanceOf(InputError);
    expect(server.visits).toEqual([]);
  });

  test('trouble with the place of the file is not blamed on the mirror', async () => {
    mkdirSync(path);
    await using server = await serve(good(content));
    await using next = await serve(good(content));
    await expect(fetchFrom(server.mirror, next.mirror)).rejects.toThrow(/it is a directory, not a file/);
    expect(next.visits).toEqual([]);
    expect(readdirSync(directory)).toEqual([file.name]);
  });

  test('what a killed process left is removed once it is old, what a living one writes is not', async () => {
    const old = `${path}.0123456789ab.part`;
    const young = `${path}.ba9876543210.part`;
    for (const part of [old, young]) writeFileSync(part, 'partial');
    utimesSync(old, new Date(0), new Date(0));
    await using server = await serve(good(content));
    await fetchFrom(server.mirror);
    expect(existsSync(old)).toBe(false);
    expect(existsSync(young)).toBe(true);
  });
});

describe('proxy variables', () => {
  /** A proxy that tunnels to whatever is asked of it. */
  async function openProxy() {
    const tunnels: string[] = [];
    const proxy = createServer((client) => {
      client.once('data', (head) => {
        const [, host, port] = /^CONNECT ([^:]+):(\d+)/.exec(String(head)) ?? [];
        tunnels.push(`${host}:${port}`);
        const target = connect(Number(port), '127.0.0.1', () => {
          client.write('HTTP/1.1 200 OK\r\n\r\n');
          client.pipe(target).pipe(client);
        });
        target.on('error', () => client.destroy());
        client.on('error', () => target.destroy());
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return {
      url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      tunnels,
      [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void proxy.close(() => resolve())),
    };
  }

  test('HTTP_PROXY is used, NO_PROXY is spared', async () => {
    await using proxy = await openProxy();
    await using server = await serve(good(content));
    const throughName = server.mirror.replace('127.0.0.1', 'mirror.invalid');
    process.env.HTTP_PROXY = proxy.url;
    await fetchFrom(throughName);
    expect(proxy.tunnels).toEqual([new URL(throughName).host]);
    expectWhole();
    process.env.NO_PROXY = '127.0.0.1';
    await fetchFrom(server.mirror);
    expect(proxy.tunnels).toHaveLength(1);
  });

  test.each(['http://', 'ftp://127.0.0.1:1'])(
    'HTTP_PROXY=%s: a sentence, and nothing left behind',
    async (proxy) => {
      process.env.HTTP_PROXY = proxy;
      await expect(fetchFrom('http://127.0.0.1:1/')).rejects.toBeInstanceOf(WorkError);
      expect(readdirSync(directory)).toEqual([]);
    },
  );
});
