/** The file into which a download grows, beside its final place and under a name that no other process uses. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError, releaseTemporary, removeAbandonedFiles, temporaryBeside } from '../../src/node/files.ts';

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
