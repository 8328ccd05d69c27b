/** Obtains the published files of a dataset as `--data` asks: data directory, cache, download, or synthetic data. */
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataRequest } from '../../src/data/dataset.ts';
import { InputError, WorkError } from '../../src/utils/errors.ts';
import { makeDirectory, readLimited, sha256 } from '../../src/node/files.ts';
import { mirrorsOf, type Published, type PublishedFile } from '../published.ts';
import { limitsFor, type DownloadLimits } from './request-file.ts';

/** Larger files of a data directory are rejected. */
const maxFileBytes = 256 * 1024 * 1024;

export interface ObtainedFile {
  /** Without directories, as it is recorded. */
  name: string;
  /** For messages. */
  path: string;
  bytes: number;
  sha256: string;
  content: Uint8Array;
}

export type Obtained =
  /** One file for each that is published, in that order. */
  | { source: 'dir' | 'cache' | 'download'; files: ObtainedFile[] }
  /** The dataset must draw synthetic data; `reason` is a clause that says why, for {@link syntheticDataNotice}. */
  | { source: 'built-in'; reason: string };

/**
 * @param limits How long to wait for a server; patient by default where a download was asked for by name.
 * @throws InputError where a data directory was named but lacks the files, is unreadable or was needed and not named.
 * @throws WorkError where a download was asked for by name and failed.
 */
export async function obtain(
  what: Published,
  request: DataRequest,
  limits?: Partial<DownloadLimits>,
): Promise<Obtained> {
  const { data, dataDir } = request;
  if (data === 'built-in') return { source: 'built-in', reason: 'of --data built-in' };
  if (data === 'dir' || (data === 'auto' && dataDir)) return fromDirectory(what, request);
  const mirrors = mirrorsOf(what);
  try {
    return await fromCacheOrDownload(what, mirrors, request, limits);
  } catch (error) {
    const failed = error instanceof WorkError || error instanceof InputError;
    if (data === 'download' || !failed) throw error;
    return {
      source: 'built-in',
      reason: `no data directory is given, the cache lacks the files, and ${error.message}`,
    };
  }
}

async function fromDirectory(what: Published, request: DataRequest): Promise<Obtained> {
  const { dataDir } = request;
  if (!dataDir) {
    throw new InputError('--data dir needs a directory: set --data-dir DIR or ZOO_DATA_DIR');
  }
  const directory = join(dataDir, what.dataset);
  const names = await Promise.all(what.files.map((file) => presentName(directory, file)));
  const missing = what.files.filter((_, i) => names[i] === undefined);
  if (missing.length > 0) {
    const list = missing.map(({ name, alsoNamed }) => [name, ...(alsoNamed ?? [])].join(' or ')).join(', ');
    throw new InputError(
      `the data directory lacks files: ${JSON.stringify(directory)} should contain ${list}; ` +
        'put them there, or omit --data-dir and ZOO_DATA_DIR to download the data',
    );
  }
  const files: ObtainedFile[] = [];
  for (const name of names as string[]) {
    const path = join(directory, name);
    const content = await readLimited(path, maxFileBytes);
    files.push({ name, path, bytes: content.length, sha256: sha256(content), content });
  }
  return { source: 'dir', files };
}

/** The name under which a directory holds a file, if it does. */
async function presentName(directory: string, file: PublishedFile): Promise<string | undefined> {
  for (const name of [file.name, ...(file.alsoNamed ?? [])]) {
    const missing = await access(join(directory, name)).then(
      () => false,
      ({ code }: NodeJS.ErrnoException) => code === 'ENOENT' || code === 'ENOTDIR',
    );
    if (!missing) return name;
  }
  return undefined;
}

async function fromCacheOrDownload(
  what: Published,
  mirrors: readonly string[],
  { data, cacheDir, progress }: DataRequest,
  limits?: Partial<DownloadLimits>,
): Promise<Obtained> {
  const directory = join(cacheDir, what.dataset);
  let source: 'cache' | 'download' = 'cache';
  const files: ObtainedFile[] = [];
  for (const file of what.files) {
    const path = join(directory, file.name);
    let content = await cached(path, file);
    if (!content) {
      // Loaded only here: most runs have their data and never need an HTTP client.
      const { download } = await import('./download.ts');
      await makeDirectory(directory);
      const waiting = { ...limitsFor(data === 'download', mirrors.length, file.bytes), ...limits };
      const downloaded = await download(file, mirrors, path, progress, waiting);
      content = downloaded.content;
      // Try the mirror that has just worked first for the next file.
      mirrors = [downloaded.mirror, ...mirrors.filter((mirror) => mirror !== downloaded.mirror)];
      source = 'download';
    }
    const { name, bytes, sha256 } = file;
    files.push({ name, path, bytes, sha256, content });
  }
  return { source, files };
}

/** A file of the cache, if it has the published content. */
async function cached(path: string, file: PublishedFile): Promise<Uint8Array | undefined> {
  const content = await readLimited(path, file.bytes).catch(() => undefined);
  return content && sha256(content) === file.sha256 ? content : undefined;
}

/**
 * The warning about synthetic data.
 *
 * @param description in the plural: `drawings of digits made by this program`
 * @param what the real files
 * @param reason From {@link obtain}.
 */
export function syntheticDataNotice(description: string, what: Published, reason: string): string {
  const names = what.files.map(({ name }) => name).join(', ');
  return (
    `SYNTHETIC DATA: these are not the published ${what.dataset} data but ${description}, used because ${reason}. ` +
    `For the real data run "zoo data ${what.dataset} --data download" once, or put ${names} ` +
    `into DIR/${what.dataset} and give --data-dir DIR (or set ZOO_DATA_DIR).`
  );
}

/** Where real data is available without a download, by the presence of files or folders alone: for lists. */
export async function atHand(
  what: Published,
  { dataDir, cacheDir }: Pick<DataRequest, 'dataDir' | 'cacheDir'>,
): Promise<'dir' | 'cache' | undefined> {
  const holdsFiles = async (directory: string) => {
    const names = await Promise.all(what.files.map((file) => presentName(directory, file)));
    return names.every((name) => name !== undefined);
  };
  const holdsFolders = async (directory: string) => {
    const { pictureFolders = [] } = what;
    const present = await Promise.all(pictureFolders.map((folder) => isFolder(join(directory, folder))));
    return present.length > 0 && present.every(Boolean);
  };
  if (dataDir) {
    const directory = join(dataDir, what.dataset);
    if ((await holdsFiles(directory)) || (await holdsFolders(directory))) return 'dir';
  }
  return (await holdsFiles(join(cacheDir, what.dataset))) ? 'cache' : undefined;
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
