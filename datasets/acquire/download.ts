/** Downloads one file of known size and hash into the cache, from the first mirror that delivers it. */
import { AttemptFailed, type DownloadLimits, type PartialFile, requestFile } from './request-file.ts';
import type { PublishedFile } from '../published.ts';
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileError, removeAbandonedFiles, sha256, writeFileAtomically } from '../../src/node/files.ts';
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
 * Downloads a file, checks its SHA-256 and writes it to `path`; the directory must exist. A broken connection is resumed
 * where the server allows it. A failed download leaves `path` unchanged. `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are
 * respected.
 *
 * @param mirrors addresses that end in `/`, tried in order
 * @throws WorkError naming the failure of each mirror, or a full disk; InputError if `path` is not writable
 */
export async function download(
  file: PublishedFile,
  mirrors: readonly string[],
  path: string,
  progress: Progress,
  limits: DownloadLimits,
): Promise<Downloaded> {
  const dispatcher = throughProxies(file.bytes);
  await removeAbandonedFiles(dirname(path), { shared: true });
  await access(dirname(path), constants.W_OK).catch((error: unknown) => {
    throw fileError(error, 'write', path);
  });
  const part = { content: new Uint8Array(file.bytes), size: 0 };
  const task = `downloading ${file.name}`;
  const deadline = Date.now() + limits.total;
  const failures: string[] = [];
  const onBytes = (bytes: number) => progress.update(task, bytes, file.bytes);
  const attempt = async (mirror: string): Promise<Uint8Array> => {
    const start = await requestFile(mirror + file.name, part, limits, deadline, dispatcher, onBytes);
    if (sha256(part.content) === file.sha256) return part.content;
    // Parts from two responses that do not match may come from two mirrors, of which only one is wrong.
    const remedy = start > 0 ? 'restart' : 'next mirror';
    throw new AttemptFailed('sends other bytes than were published (wrong SHA-256)', remedy);
  };
  try {
    for (const mirror of mirrors) {
      if (failures.length > 0)
        progress.note(sanitizeForTerminal(`${failures.at(-1)}; trying ${new URL(mirror).host}`, 1000));
      try {
        const content = await retry(() => attempt(mirror), part, limits.backoff, deadline);
        await writeFileAtomically(path, content);
        return { content, mirror };
      } catch (error) {
        if (!(error instanceof AttemptFailed)) throw error;
        // As long as the file and yet refused: no byte of it is left to the next mirror.
        if (part.size === file.bytes) part.size = 0;
        failures.push(`${new URL(mirror).host}: ${error.message}`);
      }
    }
    throw new WorkError(`the download of ${file.name} failed: ${failures.join('; ')}`);
  } finally {
    progress.finish(task);
    await dispatcher.destroy().catch(() => {});
  }
}

/** Attempts to fetch from one mirror, with retries, until the whole file is there and its hash is right. */
async function retry(
  attempt: () => Promise<Uint8Array>,
  part: PartialFile,
  backoff: readonly number[],
  deadline: number,
): Promise<Uint8Array> {
  for (const pause of [...backoff, undefined]) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AttemptFailed)) throw error;
      const wait = Math.max(pause ?? 0, error.wait);
      if (error.remedy === 'restart') part.size = 0;
      if (error.remedy === 'next mirror' || pause === undefined || Date.now() + wait > deadline) throw error;
      await sleep(wait);
    }
  }
  throw new Error('unreachable: the last attempt returns or throws');
}

/** @throws WorkError where a proxy variable is not an address. */
function throughProxies(maxResponseSize: number): Dispatcher {
  try {
    return new EnvHttpProxyAgent({ maxResponseSize });
  } catch (error) {
    throw new WorkError(`HTTP_PROXY or HTTPS_PROXY cannot be used: ${(error as Error).message}`);
  }
}
