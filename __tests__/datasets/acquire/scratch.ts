/** What the tests of downloads share: a file, a directory of its own for each test, and what must be true in the end. */
import { afterEach, beforeEach, expect } from '@jest/globals';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { download } from '../../../datasets/acquire/download.ts';
import { WorkError } from '../../../src/utils/errors.ts';
import { silent } from '../../../src/utils/progress.ts';
import { sha256 } from '../../../src/node/files.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

export const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
export const file = { name: 'numbers.bin', bytes: content.length, sha256: sha256(content) };
/** Milliseconds: what must not be waited for is long, so that a busy machine fails no test. */
export const limits = { answer: 4000, stall: 4000, total: 30_000, backoff: [5, 5] };
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** An empty directory and an environment without proxies for each test; the result changes from test to test. */
export function scratch(): { directory: string; path: string } {
  const place = { directory: '', path: '' };
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    place.directory = temporaryDirectory();
    place.path = join(place.directory, file.name);
    environment = { ...process.env };
    for (const name of proxyVariables) delete process.env[name];
  });
  afterEach(() => {
    rmSync(place.directory, { recursive: true });
    for (const name of proxyVariables) delete process.env[name];
    Object.assign(process.env, environment);
  });
  return place;
}

type Place = ReturnType<typeof scratch>;

export const fetchInto = ({ path }: Place, ...mirrors: string[]) =>
  download(file, mirrors, path, silent, limits);

/** What a download must leave behind: the whole file and nothing else. */
export function expectWhole({ directory, path }: Place) {
  expect(readdirSync(directory)).toEqual([file.name]);
  expect(sha256(readFileSync(path))).toBe(file.sha256);
}

/** A download that fails with this complaint about the mirror, and leaves nothing behind. */
export async function expectFailure(place: Place, mirror: string, complaint: string) {
  const failure = fetchInto(place, mirror);
  const message = `the download of numbers.bin failed: ${new URL(mirror).host}: ${complaint}`;
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.toBeInstanceOf(WorkError);
  expect(readdirSync(place.directory)).toEqual([]);
}
