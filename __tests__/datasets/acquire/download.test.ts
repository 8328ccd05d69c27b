import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { download } from '../../../datasets/acquire/download.ts';
import { sha256 } from '../../../src/node/files.ts';
import { silent } from '../../../src/utils/progress.ts';
import { until } from '../../helpers/zoo.ts';
import { answers, dropsAfter, good, serve, type Behaviour } from './server.ts';
import { content, expectFailure, expectWhole, fetchInto, file, limits, scratch } from './scratch.ts';

const place = scratch();

/** Behaves so on the first visit and hangs up on every other. */
const once =
  (behave: Behaviour): Behaviour =>
  (request, response, visit) =>
    visit === 0 ? behave(request, response, visit) : void response.destroy();

// First, while no other test has left a timer.
test('a download leaves no connection and no timer, whether it succeeded or not', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (const [behave, succeeds] of [
    [good(content), true],
    [answers(404, {}, content), false],
    [dropsAfter(5000, content, place), false],
  ] as [Behaviour, boolean][]) {
    await using server = await serve(behave);
    expect(
      await fetchInto(place, server.mirror).then(
        () => true,
        () => false,
      ),
    ).toBe(succeeds);
    expect(timers()).toBeLessThanOrEqual(before);
    await until(async () => (await server.open()) === 0);
  }
});

test('a good server: the file is whole, in its place and returned, with progress', async () => {
  await using server = await serve(good(content));
  const reported: (number | undefined)[][] = [];
  const finished: string[] = [];
  const progress = {
    ...silent,
    update: (_: string, done: number, total?: number) => void reported.push([done, total]),
    finish: (task: string) => void finished.push(task),
  };
  const downloaded = await download(file, [server.mirror], place.path, progress, limits);
  expect(sha256(downloaded.content)).toBe(file.sha256);
  expect(downloaded.mirror).toBe(server.mirror);
  expect(reported.at(-1)).toEqual([content.length, content.length]);
  expect(finished).toEqual(['downloading numbers.bin']);
  expect(server.visits).toEqual(['/numbers.bin']);
  expectWhole(place);
});

test('a server that closes the connection before its answer is on our disk', async () => {
  // As many bytes as Node's streams hold before they stop the sender.
  const buffered = content.subarray(0, 65_536);
  await using server = await serve((_, response) => {
    response.writeHead(200, { connection: 'close', 'content-length': buffered.length }).end(buffered);
  });
  const published = { ...file, bytes: buffered.length, sha256: sha256(buffered) };
  const { content: got } = await download(published, [server.mirror], place.path, silent, limits);
  expect(got).toHaveLength(buffered.length);
});

describe('a connection that breaks', () => {
  test.each([0, 1, 65_535, 65_536, 99_999])('after %d bytes is resumed there', async (bytes) => {
    await using server = await serve((...visit) =>
      (visit[2] === 0 ? dropsAfter(bytes, content, place) : good(content))(...visit),
    );
    await fetchInto(place, server.mirror);
    expect(server.visits[1]).toBe(bytes > 0 ? `/numbers.bin bytes=${bytes}-` : '/numbers.bin');
    expectWhole(place);
  });

  test('for good is resumed at the next mirror', async () => {
    await using useless = await serve(once(dropsAfter(1000, content, place)));
    await using server = await serve(good(content));
    await fetchInto(place, useless.mirror, server.mirror);
    expect(useless.visits).toHaveLength(3);
    expect(server.visits).toEqual(['/numbers.bin bytes=1000-']);
    expectWhole(place);
  });

  test('a server that cannot resume sends the whole file again', async () => {
    await using server = await serve((request, response, visit) => {
      if (visit === 0) dropsAfter(5000, content, place)(request, response, visit);
      else response.writeHead(200, { 'content-length': content.length }).end(content);
    });
    await fetchInto(place, server.mirror);
    expectWhole(place);
  });

  test.each<[string, Behaviour]>([
    ['answers 416', answers(416)],
    ['sends another range', answers(206, { 'content-range': 'bytes 7-99999/100000' })],
    ['sends a range of another file', answers(206, { 'content-range': 'bytes 5000-99999/123456' })],
    ['sends a range without saying which', answers(206)],
  ])('a server that %s instead of resuming is asked for the whole file', async (_, wrong) => {
    const visits = [dropsAfter(5000, content, place), wrong, good(content)];
    await using server = await serve((request, response, visit) => visits[visit](request, response, visit));
    await fetchInto(place, server.mirror);
    expect(server.visits).toEqual(['/numbers.bin', '/numbers.bin bytes=5000-', '/numbers.bin']);
    expectWhole(place);
  });

  test('pieces of different files do not make a file', async () => {
    const others = content.map((byte) => byte ^ 1);
    await using liar = await serve(once(dropsAfter(5000, others, place)));
    await using server = await serve(good(content));
    await fetchInto(place, liar.mirror, server.mirror);
    expect(server.visits).toEqual(['/numbers.bin bytes=5000-', '/numbers.bin']);
    expectWhole(place);
  });

  test('a file without an announced length that ends early is resumed', async () => {
    await using server = await serve((request, response, visit) => {
      if (visit === 0)
        response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(content.subarray(0, 5000));
      else good(content)(request, response, visit);
    });
    await fetchInto(place, server.mirror);
    expect(server.visits[1]).toBe('/numbers.bin bytes=5000-');
    expectWhole(place);
  });

  test('always at once: given up after the retries', async () => {
    await using server = await serve((_, response) => void response.destroy());
    await expectFailure(place, server.mirror, 'drops the connection');
    expect(server.visits).toHaveLength(3);
  });
});

describe('tried again', () => {
  test('after what is no HTTP', async () => {
    await using server = await serve((request, response, visit) => {
      if (visit > 0) good(content)(request, response, visit);
      else response.socket?.end('HTTP/9 what\r\n\r\n');
    });
    await fetchInto(place, server.mirror);
    expect(server.visits).toHaveLength(2);
    expectWhole(place);
  });

  test.each([429, 500, 502, 503, 504, 408])('after HTTP %d', async (status) => {
    await using server = await serve((...visit) =>
      (visit[2] < 2 ? answers(status, { 'retry-after': '0' }) : good(content))(...visit),
    );
    await fetchInto(place, server.mirror);
    expect(server.visits).toHaveLength(3);
    expectWhole(place);
  });

  test('not before the time that the server asks for', async () => {
    const times: number[] = [];
    await using server = await serve((...visit) => {
      times.push(performance.now());
      (visit[2] === 0 ? answers(503, { 'retry-after': '0.2' }) : good(content))(...visit);
    });
    await fetchInto(place, server.mirror);
    expect(times[1] - times[0]).toBeGreaterThan(190);
  });

  test('not for ever', async () => {
    await using server = await serve(answers(500));
    await expectFailure(place, server.mirror, 'answers HTTP 500');
    expect(server.visits).toHaveLength(3);
  });

  test('after a stall, from the byte where it began', async () => {
    await using server = await serve((request, response, visit) => {
      if (visit > 0) return good(content)(request, response, visit);
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 5000));
    });
    await download(file, [server.mirror], place.path, silent, { ...limits, stall: 500 });
    expect(server.visits).toEqual(['/numbers.bin', '/numbers.bin bytes=5000-']);
    expectWhole(place);
  });
});

test('a trickle that never stalls ends with the total time', async () => {
  await using server = await serve((_, response) => {
    const timer = setInterval(() => response.write('a'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const failure = download(file, [server.mirror], place.path, silent, { ...limits, total: 200 });
  await expect(failure).rejects.toThrow(/is too slow/);
  expect(readdirSync(place.directory)).toEqual([]);
});

test('a redirect to another place is followed', async () => {
  await using server = await serve(good(content));
  await using redirecting = await serve(answers(302, { location: `${server.mirror}elsewhere` }));
  await fetchInto(place, redirecting.mirror);
  expect(server.visits).toEqual(['/elsewhere']);
  expectWhole(place);
});

test('no server at all, no name: said in one sentence, nothing left behind', async () => {
  const closed = await serve(good(content));
  await closed[Symbol.asyncDispose]();
  await expectFailure(place, closed.mirror, 'refuses the connection');
  await expectFailure(place, 'http://no-such-host.invalid/', 'its name cannot be resolved');
});

test('two at once both succeed and leave one whole file', async () => {
  await using slow = await serve((request, response) =>
    setTimeout(() => good(content)(request, response, 0), 50),
  );
  await using server = await serve(good(content));
  await Promise.all([
    fetchInto(place, slow.mirror),
    fetchInto(place, server.mirror),
    fetchInto(place, server.mirror),
  ]);
  expectWhole(place);
});
