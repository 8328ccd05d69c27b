/** Bytes that take seconds to compute, kept in the cache for the next run. */
import { dirname } from 'node:path';
import {
  makeDirectory,
  readLimited,
  removeAbandonedFiles,
  sha256,
  writeFileAtomically,
} from '../../src/node/files.ts';

export interface Kept {
  content: Uint8Array;
  sha256: string;
}

/** A kept file begins with the SHA-256 of what follows, so that a damaged one is noticed. */
const digestBytes = 32;

/**
 * Returns what stands whole under `path`, else makes it and keeps it there.
 *
 * @param length The number of bytes that `make` returns.
 * @param fresh Whether bytes that were kept, perhaps by an older version, are what `make` would make today.
 * @param note Told when they cannot be kept, which harms nothing else.
 */
export async function keep(
  path: string,
  length: number,
  fresh: (content: Uint8Array) => boolean,
  make: () => Promise<Uint8Array>,
  note: (message: string) => void,
): Promise<Kept> {
  await removeAbandonedFiles(dirname(path), { shared: true });
  const file = await readLimited(path, digestBytes + length).catch(() => undefined);
  if (file?.length === digestBytes + length) {
    const content = file.subarray(digestBytes);
    const digest = sha256(content);
    if (Buffer.from(file.buffer, file.byteOffset, digestBytes).toString('hex') === digest && fresh(content)) {
      return { content, sha256: digest };
    }
  }
  const content = await make();
  const digest = sha256(content);
  try {
    await makeDirectory(dirname(path));
    await writeFileAtomically(path, Buffer.concat([Buffer.from(digest, 'hex'), content]));
  } catch (error) {
    note(`${(error as Error).message}; this will be computed again next time`);
  }
  return { content, sha256: digest };
}
