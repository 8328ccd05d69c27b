/** Downloads one file of known size and hash into the cache, from the first mirror that delivers it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { WorkError } from '../../src/utils/errors.ts';
import type { Progress } from '../../src/utils/progress.ts';
import { sanitizeForTerminal } from '../../src/utils/text.ts';
import { sha256 } from '../../src/node/files.ts';
import type { PublishedFile } from '../published.ts';
import { AttemptFailed } from './attempt-failed.ts';
import type { DownloadLimits } from './limits.ts';
import { PartialFile } from './partial-file.ts';
import { requestFile } from './request-file.ts';

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
