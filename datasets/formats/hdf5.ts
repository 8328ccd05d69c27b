/**
 * Arrays out of HDF5 files, read by h5wasm, which is the HDF5 library itself compiled to WebAssembly.
 *
 * That library trusts its input: a damaged file can make it trap, overwrite its own memory or run on without end.
 * So every file gets a fresh copy of it in a thread of its own, which ends with the file, has a time limit, a memory
 * limit, and no way to any other file: the bytes are handed to it and it sees an empty file system beside them.
 */
import { Worker } from 'node:worker_threads';
import { InputError } from '../../src/utils/errors.ts';

export interface Hdf5Array {
  readonly shape: readonly number[];
  /** Integers as plain numbers, bytes as bytes, texts of fixed length as strings. */
  readonly values: Uint8Array | Float64Array | string[];
}

/** What the thread is asked. */
export interface Hdf5Request {
  readonly bytes: Uint8Array;
  readonly sets: readonly string[];
  readonly maxArrayBytes: number;
}

/** What it answers: the arrays that are there, or a clause that says what is wrong. */
export type Hdf5Answer = { arrays: Record<string, Hdf5Array> } | { problem: string };

const signature = '\x89HDF\r\n\x1a\n';
const maxSeconds = 60;

/**
 * @param name The file, for messages.
 * @param sets Names of arrays at the top level. Those that are absent are left out of the result.
 * @param maxArrayBytes No array that is larger when unpacked is read.
 * @throws InputError where this is not an HDF5 file, it is damaged, or what is asked for is not an array.
 */
export async function readHdf5(
  bytes: Uint8Array,
  name: string,
  sets: readonly string[],
  maxArrayBytes: number,
): Promise<Map<string, Hdf5Array>> {
  if (!Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from(signature, 'latin1'))) {
    throw new InputError(`${name}: this is not an HDF5 file`);
  }
  const answer = await ask({ bytes, sets, maxArrayBytes });
  if ('problem' in answer) throw new InputError(`${name}: ${answer.problem}`);
  return new Map(Object.entries(answer.arrays));
}

const thread = new URL('./hdf5-thread.js', import.meta.url);

function ask(request: Hdf5Request): Promise<Hdf5Answer> {
  return new Promise((answered) => {
    const worker = new Worker(thread, {
      workerData: request,
      // Whatever the library prints about a damaged file does not concern the user.
      stdout: true,
      stderr: true,
    });
    const end = (answer: Hdf5Answer) => {
      clearTimeout(timer);
      answered(answer);
      void worker.terminate();
    };
    const timer = setTimeout(
      () => end({ problem: `the file could not be read within ${maxSeconds} seconds; it must be damaged` }),
      maxSeconds * 1000,
    );
    worker.once('message', end);
    worker.once('error', () => end({ problem: 'the file is damaged: reading it failed' }));
    worker.once('exit', () => end({ problem: 'the file is damaged: reading it ended too early' }));
  });
}
