/** Downloads one file of known size and hash into the cache, from the first mirror that delivers it. */
import { AttemptFailed, type DownloadLimits, requestFile } from './request-file.ts';
import type { PublishedFile } from '../published.ts';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  fileError,
  releaseTemporary,
  removeAbandonedFiles,
  sha256,
  temporaryBeside,
} from '../../src/node/files.ts';
import { WorkError } from '../../src/utils/errors.ts';
import type { Progress } from '../../src/utils/progress.ts';
import { sanitizeForTerminal } from '../../src/utils/text.ts';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

export interface Downloaded {
  content: Uint8Array;
  /** The mirror that delivered. */
  mirror: string;
}

/**
 * Downloads a file to a temporary one beside `path`, checks its SHA-256 and renames it; the directory must exist.
 * A connection that breaks is resumed where the server allows. Whatever goes wrong, the temporary file is removed and
 * what stood under `path` stays. `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are honoured.
 *
 * @param mirrors Addresses that end in `/`, tried in order.
 * @throws WorkError naming what each mirror did wrong, or that the disk is full; InputError for an unwritable place.
 */
export async function download(
  file: PublishedFile,
  mirrors: readonly string[],
  path: string,
  progress: Progress,
  limits: DownloadLimits,
): Promise<Downloaded> {
  const dispatcher = throughProxies(file.bytes);
  const part = await PartialFile.create(path);
  const task = `downloading ${file.name}`;
  const deadline = Date.now() + limits.total;
  const failures: string[] = [];
  try {
    for (const mirror of mirrors) {
      if (failures.length > 0)
        progress.note(sanitizeForTerminal(`${failures.at(-1)}; trying ${new URL(mirror).host}`, 1000));
      try {
        const fetching = { url: mirror + file.name, file, part, limits, deadline, dispatcher };
        const content = await fetchFrom(fetching, (bytes) => progress.update(task, bytes, file.bytes));
        await part.keepAs(path);
        return { content, mirror };
      } catch (error) {
        if (!(error instanceof AttemptFailed)) throw error;
        failures.push(`${new URL(mirror).host}: ${error.message}`);
      }
    }
    throw new WorkError(`the download of ${file.name} failed: ${failures.join('; ')}`);
  } finally {
    progress.finish(task);
    await part.discard();
    await dispatcher.destroy();
  }
}

interface Fetching {
  url: string;
  file: PublishedFile;
  part: PartialFile;
  limits: DownloadLimits;
  deadline: number;
  dispatcher: Dispatcher;
}

/** Fetches from one mirror, with retries, until the whole file is there and its hash is right. */
async function fetchFrom(fetching: Fetching, onBytes: (bytes: number) => void): Promise<Uint8Array> {
  const { part, limits, deadline } = fetching;
  for (const pause of [...limits.backoff, undefined]) {
    try {
      return await attempt(fetching, onBytes);
    } catch (error) {
      if (!(error instanceof AttemptFailed)) throw error;
      const wait = Math.max(pause ?? 0, error.wait);
      if (error.remedy === 'restart') await part.truncate();
      if (error.remedy === 'next mirror' || pause === undefined || Date.now() + wait > deadline) throw error;
      await sleep(wait);
    }
  }
  throw new Error('unreachable: the last attempt returns or throws');
}

async function attempt(
  { url, file, part, limits, deadline, dispatcher }: Fetching,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array> {
  const resumedAt = part.size;
  let start = resumedAt;
  await requestFile(
    { url, from: resumedAt, bytes: file.bytes },
    limits,
    deadline,
    dispatcher,
    async (first) => {
      start = first;
      if (first === 0) await part.truncate();
    },
    async (chunk) => {
      await part.append(chunk);
      onBytes(part.size);
    },
  );
  const content = await part.read();
  if (sha256(content) === file.sha256) return content;
  await part.truncate();
  // Pieces from two answers that do not fit together may come from two mirrors, of which only one is wrong.
  const remedy = start > 0 ? 'restart' : 'next mirror';
  throw new AttemptFailed('sends other bytes than were published (wrong SHA-256)', remedy);
}

/** @throws WorkError where a proxy variable is not an address. */
function throughProxies(maxResponseSize: number): Dispatcher {
  try {
    return new EnvHttpProxyAgent({ maxResponseSize });
  } catch (error) {
    throw new WorkError(`HTTP_PROXY or HTTPS_PROXY cannot be used: ${(error as Error).message}`);
  }
}

/** Every method throws InputError or WorkError where the disk does not play along. */
export class PartialFile {
  /** Bytes that it holds. */
  size = 0;
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async create(target: string): Promise<PartialFile> {
    await removeAbandonedFiles(dirname(target), { shared: true });
    const path = temporaryBeside(target);
    try {
      return new PartialFile(path, await open(path, 'wx+'));
    } catch (error) {
      releaseTemporary(path);
      throw fileError(error, 'write', path);
    }
  }

  append(chunk: Uint8Array): Promise<void> {
    return this.#inOneSentence('write', async () => {
      // A position, for a plain write after `truncate` would leave a hole.
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.size);
        done += bytesWritten;
        this.size += bytesWritten;
      }
    });
  }

  truncate(): Promise<void> {
    return this.#inOneSentence('write', async () => {
      await this.#file.truncate(0);
      this.size = 0;
    });
  }

  /** Everything that it holds, read back from the disk. */
  read(): Promise<Uint8Array> {
    return this.#inOneSentence('read', async () => {
      const content = new Uint8Array(this.size);
      for (let done = 0; done < content.length;) {
        const { bytesRead } = await this.#file.read(content, done, content.length - done, done);
        if (bytesRead === 0) return content.subarray(0, done);
        done += bytesRead;
      }
      return content;
    });
  }

  /** Flushes it to the disk and gives it its final name, in place of whatever has it. */
  keepAs(path: string): Promise<void> {
    const kept = async () => {
      await this.#file.sync();
      await rename(this.#path, path);
    };
    return this.#inOneSentence('write', kept, path);
  }

  /** Closes it, and removes it unless it was kept. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
    releaseTemporary(this.#path);
  }

  async #inOneSentence<T>(action: string, work: () => Promise<T>, path = this.#path): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fileError(error, action, path);
    }
  }
}
