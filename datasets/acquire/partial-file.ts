/** The file into which a download grows, beside its final place and under a name that no other process uses. */
import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError } from '../../src/node/files.ts';

/** Every method throws InputError or WorkError where the disk does not play along. */
export class PartialFile {
  /** Bytes that it holds. */
  size = 0;
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
    process.once('exit', this.#removeOnExit);
  }

  static async create(target: string): Promise<PartialFile> {
    const path = `${target}.${randomBytes(6).toString('hex')}.part`;
    try {
      return new PartialFile(path, await open(path, 'wx+'));
    } catch (error) {
      throw fileError(error, 'write', path);
    }
  }

  append(chunk: Uint8Array): Promise<void> {
    return this.#told('write', async () => {
      // A position, for a plain write after `truncate` would leave a hole.
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.size);
        done += bytesWritten;
        this.size += bytesWritten;
      }
    });
  }

  truncate(): Promise<void> {
    return this.#told('write', async () => {
      await this.#file.truncate(0);
      this.size = 0;
    });
  }

  /** Everything that it holds, read back from the disk. */
  read(): Promise<Uint8Array> {
    return this.#told('read', async () => {
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
    return this.#told('write', kept, path);
  }

  /** Closes it, and removes it unless it was kept. */
  async discard(): Promise<void> {
    process.off('exit', this.#removeOnExit);
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  readonly #removeOnExit = () => {
    try {
      unlinkSync(this.#path);
    } catch {
      // Gone already, or not to be removed: the process ends anyway.
    }
  };

  async #told<T>(action: string, work: () => Promise<T>, path = this.#path): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fileError(error, action, path);
    }
  }
}

/** Temporary files that a killed process left, by age: no download takes this many milliseconds. */
const abandonedAfter = 3_600_000;

/** Removes what downloads to the same place left when their process was killed. */
export async function removeAbandoned(path: string): Promise<void> {
  const directory = dirname(path);
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.part')) continue;
    const { mtimeMs } = await stat(join(directory, name)).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > abandonedAfter) await rm(join(directory, name), { force: true });
  }
}
