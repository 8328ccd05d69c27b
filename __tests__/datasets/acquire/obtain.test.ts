import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atHand, obtain, syntheticDataNotice } from '../../../datasets/acquire/obtain.ts';
import { mirrorsOf, published, type Published } from '../../../datasets/published.ts';
import { type DataRequest } from '../../../src/data/dataset.ts';
import { InputError, WorkError } from '../../../src/utils/errors.ts';
import { silent } from '../../../src/utils/progress.ts';
import { sha256 } from '../../../src/node/files.ts';
import { answers, serve, type Server } from './server.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const contents: Record<string, string> = { 'a.gz': 'content of a', 'b.gz': 'content of b' };
const files = Object.entries(contents).map(([name, content]) => {
  return { name, bytes: content.length, sha256: sha256(content), alsoNamed: [name.replace('.gz', '')] };
});
const limits = { answer: 4000, stall: 4000, total: 10_000, backoff: [] };

let place: string;
let cacheDir: string;
let dataDir: string;

beforeEach(() => {
  place = temporaryDirectory();
  cacheDir = join(place, 'cache');
  dataDir = join(place, 'data');
});
afterEach(() => {
  delete process.env.ZOO_MIRROR;
  rmSync(place, { recursive: true });
});

const serveContents = () =>
  serve((request, response) => response.end(contents[request.url!.split('/').at(-1)!]));

const from = (mirrors: string[]): Published => ({ dataset: 'letters', files, mirrors });
const nowhere = from(['http://127.0.0.1:1/', 'http://127.0.0.1:2/']);

const ask = (what: Published, request: Partial<DataRequest>) =>
  obtain(what, { data: 'auto', cacheDir, seed: 1, options: {}, progress: silent, ...request }, limits);

function put(directory: string, name: string, content: string) {
  mkdirSync(join(directory, 'letters'), { recursive: true });
  writeFileSync(join(directory, 'letters', name), content);
}

async function texts(what: Published, request: Partial<DataRequest>) {
  const obtained = await ask(what, request);
  if (obtained.source === 'built-in') return obtained.reason;
  expect(obtained.files.map((file) => file.sha256)).toEqual(
    obtained.files.map((file) => sha256(file.content)),
  );
  expect(obtained.files.map((file) => file.bytes)).toEqual(obtained.files.map((file) => file.content.length));
  return [
    obtained.source,
    ...obtained.files.map(({ name, content }) => `${name}: ${Buffer.from(content).toString()}`),
  ];
}

const published2 = (source: string) => [source, 'a.gz: content of a', 'b.gz: content of b'];

describe('a data directory', () => {
  test.each(['auto', 'dir'] as const)(
    'is read with --data %s, whatever its files hold and however packed',
    async (data) => {
      put(dataDir, 'a.gz', 'my own a');
      put(dataDir, 'b', 'my own b');
      expect(await texts(nowhere, { data, dataDir })).toEqual(['dir', 'a.gz: my own a', 'b: my own b']);
    },
  );

  test.each(['auto', 'dir'] as const)(
    'that lacks files is an error with --data %s that names them',
    async (data) => {
      await using server = await serveContents();
      put(dataDir, 'a.gz', 'my own a');
      put(cacheDir, 'a.gz', contents['a.gz']);
      put(cacheDir, 'b.gz', contents['b.gz']);
      const failure = ask(from([server.mirror]), { data, dataDir });
      await expect(failure).rejects.toThrow(
        `the data directory lacks files: ${JSON.stringify(join(dataDir, 'letters'))} should contain b.gz or b; `,
      );
      await expect(failure).rejects.toBeInstanceOf(InputError);
      expect(server.visits).toEqual([]);
    },
  );

  test('that does not exist is an error', async () => {
    await expect(ask(nowhere, { dataDir })).rejects.toThrow(/should contain a\.gz or a, b\.gz or b/);
  });

  test('is needed by --data dir', async () => {
    await expect(ask(nowhere, { data: 'dir' })).rejects.toThrow(
      new InputError('--data dir needs a directory: set --data-dir DIR or ZOO_DATA_DIR'),
    );
  });

  test('with a folder in place of a file is an error that says so', async () => {
    put(dataDir, 'b.gz', 'my own b');
    mkdirSync(join(dataDir, 'letters', 'a.gz'));
    await expect(ask(nowhere, { dataDir })).rejects.toThrow(/a\.gz": it is a directory, not a file/);
  });

  test('is not looked at with --data built-in or download', async () => {
    await using server = await serveContents();
    put(dataDir, 'a.gz', 'my own a');
    expect(await texts(nowhere, { data: 'built-in', dataDir })).toBe('of --data built-in');
    expect(await texts(from([server.mirror]), { data: 'download', dataDir })).toEqual(published2('download'));
  });
});

describe('the cache', () => {
  test.each(['auto', 'download'] as const)(
    'is filled by a download and then enough for --data %s',
    async (data) => {
      await using server = await serveContents();
      expect(await texts(from([server.mirror]), { data })).toEqual(published2('download'));
      expect(await texts(from([server.mirror]), { data })).toEqual(published2('cache'));
      expect(server.visits).toEqual(['/a.gz', '/b.gz']);
      expect(readdirSync(join(cacheDir, 'letters'))).toEqual(['a.gz', 'b.gz']);
    },
  );

  test.each(['content of A', 'content', 'content of a and more', ''])(
    'is not trusted: a file that holds %j is fetched again, alone',
    async (damaged) => {
      await using server = await serveContents();
      put(cacheDir, 'a.gz', damaged);
      put(cacheDir, 'b.gz', contents['b.gz']);
      expect(await texts(from([server.mirror]), {})).toEqual(published2('download'));
      expect(server.visits).toEqual(['/a.gz']);
      expect(readFileSync(join(cacheDir, 'letters', 'a.gz'), 'utf8')).toBe(contents['a.gz']);
    },
  );

  test('that cannot be written to is said, before any server is asked', async () => {
    await using server = await serveContents();
    writeFileSync(cacheDir, 'a file');
    expect(await texts(from([server.mirror]), {})).toMatch(/cannot make the directory .*cache/);
    await expect(ask(from([server.mirror]), { data: 'download' })).rejects.toBeInstanceOf(InputError);
    expect(server.visits).toEqual([]);
  });

  const unprivileged = process.getuid?.() === 0 || process.platform === 'win32' ? test.skip : test;
  unprivileged('that is read-only is said (skipped for root, whom nothing stops)', async () => {
    mkdirSync(join(cacheDir, 'letters'), { recursive: true });
    chmodSync(join(cacheDir, 'letters'), 0o500);
    expect(await texts(nowhere, {})).toMatch(/permission is denied/);
  });
});

describe('without any server', () => {
  test('auto falls back to the stand-in and says why, having asked each mirror about the first file alone', async () => {
    const visits: Server[] = [await serve(answers(404)), await serve(answers(403))];
    const reason = await texts(from(visits.map(({ mirror }) => mirror)), {});
    expect(reason).toBe(
      'no data directory is given, the cache lacks the files, and the download of a.gz failed: ' +
        `${new URL(visits[0].mirror).host}: answers HTTP 404; ${new URL(visits[1].mirror).host}: answers HTTP 403`,
    );
    expect(visits.map((server) => server.visits)).toEqual([['/a.gz'], ['/a.gz']]);
    for (const server of visits) await server[Symbol.asyncDispose]();
    expect(readdirSync(join(cacheDir, 'letters'))).toEqual([]);
  });

  test('a download that was asked for is failed work', async () => {
    await expect(ask(nowhere, { data: 'download' })).rejects.toBeInstanceOf(WorkError);
  });
});

test('the mirror that delivered is asked first for the next file', async () => {
  await using useless = await serve(answers(404));
  await using server = await serveContents();
  await ask(from([useless.mirror, server.mirror]), {});
  expect([useless.visits, server.visits]).toEqual([['/a.gz'], ['/a.gz', '/b.gz']]);
});

describe('ZOO_MIRROR', () => {
  test('replaces the mirrors by the folder of the dataset', async () => {
    await using server = await serveContents();
    process.env.ZOO_MIRROR = `${server.mirror}data`;
    expect(await texts(nowhere, {})).toEqual(published2('download'));
    expect(server.visits).toEqual(['/data/letters/a.gz', '/data/letters/b.gz']);
  });

  test.each(['file:///tmp', 'not an address', 'ftp://a/'])(
    '%j is wrong input, never ignored',
    async (address) => {
      process.env.ZOO_MIRROR = address;
      await expect(ask(nowhere, {})).rejects.toThrow(
        new InputError(
          `ZOO_MIRROR is ${JSON.stringify(address)}, expected an address that begins with http:// or https://`,
        ),
      );
    },
  );

  test('a slash at its end makes no difference, an empty one is none', () => {
    expect(mirrorsOf(nowhere, 'https://a/b/')).toEqual(['https://a/b/letters/']);
    expect(mirrorsOf(nowhere, '')).toBe(nowhere.mirrors);
  });
});

test('what is published is complete: whole hashes, addresses to append a name to', () => {
  for (const [name, what] of Object.entries<Published>(published)) {
    // The folder of running text says which text it is.
    expect(what.dataset).toBe(name === 'text' ? 'shakespeare' : name);
    for (const mirror of what.mirrors) expect(mirror).toMatch(/^https:\/\/.*\/$/);
    for (const file of what.files) expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('atHand tells whether a download is needed', async () => {
  expect(await atHand(nowhere, { dataDir, cacheDir })).toBeUndefined();
  for (const name of Object.keys(contents)) put(cacheDir, name, '');
  expect(await atHand(nowhere, { dataDir, cacheDir })).toBe('cache');
  for (const name of ['a', 'b.gz']) put(dataDir, name, '');
  expect(await atHand(nowhere, { dataDir, cacheDir })).toBe('dir');
});

test('a stand-in says what it is, why, and how to get the real thing', () => {
  expect(syntheticDataNotice('letters made up here', nowhere, 'nothing else is at hand')).toBe(
    'SYNTHETIC DATA: these are not the published letters data but letters made up here, used because nothing else is ' +
      'at hand. For the real data run "zoo data letters --data download" once, or put a.gz, b.gz into DIR/letters and ' +
      'give --data-dir DIR (or set ZOO_DATA_DIR).',
  );
});
