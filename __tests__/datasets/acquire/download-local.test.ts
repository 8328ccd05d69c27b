import { describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { download } from '../../../datasets/acquire/download.ts';
import { InputError, WorkError } from '../../../src/utils/errors.ts';
import { silent } from '../../../src/utils/progress.ts';
import { temporaryBeside } from '../../../src/node/files.ts';
import { abandon } from '../../helpers/abandon.ts';
import { answers, good, serve } from './server.ts';
import { content, expectWhole, fetchInto, file, limits, scratch } from './scratch.ts';

const place = scratch();

describe('the disk', () => {
  test('what stands in the place of the file stays where the download fails', async () => {
    writeFileSync(place.path, 'old');
    await using server = await serve(answers(404));
    await expect(fetchInto(place, server.mirror)).rejects.toThrow(/HTTP 404/);
    expect(readFileSync(place.path, 'utf8')).toBe('old');
    expect(readdirSync(place.directory)).toEqual([file.name]);
  });

  test('a directory that is not there is wrong input, and no server is asked', async () => {
    await using server = await serve(good(content));
    const failure = download(file, [server.mirror], join(place.directory, 'none', 'a'), silent, limits);
    await expect(failure).rejects.toBeInstanceOf(InputError);
    expect(server.visits).toEqual([]);
  });

  test('trouble with the place of the file is not blamed on the mirror', async () => {
    mkdirSync(place.path);
    await using server = await serve(good(content));
    await using next = await serve(good(content));
    await expect(fetchInto(place, server.mirror, next.mirror)).rejects.toThrow(
      /it is a directory, not a file/,
    );
    expect(next.visits).toEqual([]);
    expect(readdirSync(place.directory)).toEqual([file.name]);
  });

  test('what a killed process left is removed, what a living one writes is not', async () => {
    abandon(place.path);
    const mine = temporaryBeside(place.path);
    writeFileSync(mine, 'partial');
    await using server = await serve(good(content));
    await fetchInto(place, server.mirror);
    expect(readdirSync(place.directory).sort()).toEqual([basename(mine), file.name].sort());
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
    await fetchInto(place, throughName);
    expect(proxy.tunnels).toEqual([new URL(throughName).host]);
    expectWhole(place);
    process.env.NO_PROXY = '127.0.0.1';
    await fetchInto(place, server.mirror);
    expect(proxy.tunnels).toHaveLength(1);
  });

  test.each(['http://', 'ftp://127.0.0.1:1'])(
    'HTTP_PROXY=%s: a sentence, and nothing left behind',
    async (proxy) => {
      process.env.HTTP_PROXY = proxy;
      await expect(fetchInto(place, 'http://127.0.0.1:1/')).rejects.toBeInstanceOf(WorkError);
      expect(readdirSync(place.directory)).toEqual([]);
    },
  );
});
