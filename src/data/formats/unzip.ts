/** Gzipped files, unpacked within a limit that is known before any memory is taken. */
import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import { InputError } from '../../utils/errors.ts';

const gunzipLater = promisify(gunzip);

/** Whether the bytes begin as a gzipped file does. */
export function isGzipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzipped file; bytes that are not gzipped are returned as they are.
 *
 * @param limit The most bytes that may come out, or a function that tells it from the first of them
 *   (at least 64, unless the file has fewer), so that the size in a header bounds the memory taken.
 * @throws InputError where the file is damaged, cut short or unpacks to more than `limit` bytes.
 */
export async function unzip(
  bytes: Uint8Array,
  name: string,
  limit: number | ((beginning: Uint8Array) => number),
): Promise<Uint8Array> {
  if (!isGzipped(bytes)) return bytes;
  const maxOutputLength = typeof limit === 'number' ? limit : limit(beginning(bytes, name));
  try {
    const unpacked = await gunzipLater(bytes, { maxOutputLength });
    // Not a Buffer, whose `slice` shares memory where every other typed array's copies.
    return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
  } catch (error) {
    throw damaged(error, name, `it unpacks to more than ${maxOutputLength} bytes`);
  }
}

/** What the first bytes of a gzipped file unpack to. Deflate grows data at most 1032-fold, so this is little. */
export function beginning(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 2048), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw damaged(error, name, '');
  }
}

/** The sentence for an error of unpacking, or the error itself where it is another. */
export function damaged(error: unknown, name: string, tooMuch: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return new InputError(`${name}: ${tooMuch}`);
  if (!code?.startsWith('Z_')) return error;
  return new InputError(`${name}: the gzipped file is damaged or cut short (${message})`);
}
