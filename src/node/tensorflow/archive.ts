/** TensorFlow's official C archive, as a folder, a file, or an address. */
import { createWriteStream, existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { InputError } from '../../core/errors.ts';
import { causeOf, findProgram, runTool, type Progress } from './tool.ts';

/** Silence of this length ends a download. */
const STALLED_MILLISECONDS = 30_000;

/**
 * The folder that `source` (directory, `.tar.gz` file or http address of one) stands for;
 * archives are unpacked below `scratch`. Throws InputError when it cannot be had.
 */
export async function openArchive(source: string, scratch: string, progress: Progress): Promise<string> {
  if (/^https?:\/\//.test(source))
    return unpack(await download(source, scratch, progress), source, scratch, progress);
  const path = resolve(source);
  if (!existsSync(path))
    throw new InputError(
      `There is nothing at ${source}: --libtensorflow takes a folder, a .tar.gz file or an address.`,
    );
  return statSync(path).isDirectory() ? path : unpack(path, source, scratch, progress);
}

async function unpack(file: string, name: string, scratch: string, progress: Progress): Promise<string> {
  const tar = findProgram('tar');
  if (tar === undefined)
    throw new InputError('There is no tar here: unpack the archive yourself and give its folder.');
  progress(`unpacking ${basename(name)}`);
  const folder = join(scratch, 'unpacked');
  await mkdir(folder);
  const result = await runTool(tar, ['-xzf', file, '-C', folder]);
  if (!result.succeeded)
    throw new InputError(`${name} is not a readable .tar.gz archive: ${causeOf(result)}.`);
  return folder;
}

async function download(address: string, scratch: string, progress: Progress): Promise<string> {
  const file = join(scratch, 'libtensorflow.tar.gz');
  progress(`downloading ${address}`);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), STALLED_MILLISECONDS);
  try {
    const response = await fetch(address, { signal: silence.signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const length = Number(response.headers.get('content-length')) || undefined;
    let bytes = 0;
    let told = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        timer.refresh();
        const tenth = length ? Math.floor((bytes * 10) / length) : Math.floor(bytes / 50e6);
        if (tenth > told) {
          told = tenth;
          progress(
            `downloaded ${Math.round(bytes / 1e6)} MB${length ? ` of ${Math.round(length / 1e6)} MB` : ''}`,
          );
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as ReadableStream), count, createWriteStream(file));
    if (length !== undefined && bytes < length) throw new Error(`it ended after ${bytes} of ${length} bytes`);
    return file;
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    const reason = silence.signal.aborted ? 'nothing came for 30 seconds' : (cause?.message ?? message);
    throw new InputError(
      `${address} could not be downloaded (${reason}): download it elsewhere and give the file to --libtensorflow.`,
    );
  } finally {
    clearTimeout(timer);
  }
}
