/** Pictures in folders, one folder per class: `cat/*.jpg`, `non-cat/*.png`. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { Examples, LoadedDataset } from '../../src/data/dataset.ts';
import { InputError } from '../../src/utils/errors.ts';
import type { Progress } from '../../src/utils/progress.ts';
import { counted, sanitizeForTerminal } from '../../src/utils/text.ts';
import { fileError, readLimited, sha256 } from '../../src/node/files.ts';
import { beginsAsPicture, decodeBytes, maxFileBytes } from '../../src/node/image.ts';

/** Decoded pictures stay in memory: about 600 MB of 64×64 in color. */
const maxPictures = 50_000;
const maxBytes = 2 ** 30;
/** Enough to keep the decoder's threads busy. */
const atOnce = 4;

export interface PictureFolders {
  /** Nothing outside of it is read, whatever links inside it say. */
  readonly root: string;
  /** Below the root, the parent of the classes' folders: `train`. */
  readonly split: string;
  /** Names of the folders; their order makes the labels 0, 1, …. */
  readonly classNames: readonly string[];
  /** In pixels; every picture is brought to it. */
  readonly size: PictureSize;
  /** One number a pixel in place of three. */
  readonly grey?: boolean;
  /** Leave out files that cannot be read as pictures, and say which. */
  readonly skipBroken: boolean;
  readonly progress: Progress;
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

interface Picture {
  /** Relative to the root, with slashes. */
  name: string;
  label: number;
}

/** Names of pictures, also in formats that are not read: such a file is an error, any other one is unrelated. */
const pictureName = /\.(jpe?g|png|webp|gif|avif|tiff?|bmp|heic|heif|jp2|jxl|svg|psd|ico)$/i;
const maxNamesListed = 10;

/**
 * Reads every picture, class by class, in the order of the file names. Files that are no pictures by their names and
 * contents (`Thumbs.db`, `notes.txt`) and names that begin with a dot are skipped and listed.
 *
 * @returns `[pictures, height × width × 3 or 1]` bytes with divisor 255, and the files they came from.
 * @throws InputError naming the file that is not a picture (unless `skipBroken`), or the class without any.
 */
export async function readPictureFolders(
  folders: PictureFolders,
): Promise<{ examples: Examples; files: LoadedDataset['files'] }> {
  const { size, classNames, progress, split, skipBroken, grey = false } = folders;
  const root = await resolve(folders.root);
  const all = (
    await Promise.all(classNames.map((className, label) => listClass(root, `${split}/${className}`, label)))
  ).flat();
  const isHidden = ({ name }: Picture): boolean => basename(name).startsWith('.');
  const pictures = all.filter((picture) => !isHidden(picture));
  if (pictures.length > maxPictures) {
    throw new InputError(`${join(root, split)}: ${pictures.length} files, at most ${maxPictures} are read`);
  }
  const features = size.height * size.width * (grey ? 1 : 3);
  if (pictures.length * features > maxBytes) {
    throw new InputError(
      `${join(root, split)}: ${pictures.length} pictures of ${features} bytes are more than the ${maxBytes} bytes ` +
        'held in memory; a smaller --size takes less',
    );
  }
  const read: { label: number; pixels: Uint8Array; file: LoadedDataset['files'][number] }[] = [];
  const unrelated = all.filter(isHidden).map(({ name }) => name);
  const task = `reading pictures (${split})`;
  try {
    for (let start = 0; start < pictures.length; start += atOnce) {
      progress.update(task, start, pictures.length);
      const batch = pictures.slice(start, start + atOnce);
      // Settled, so that it is always the first broken picture in order that is named.
      const results = await Promise.allSettled(
        batch.map((picture) => readPicture(root, picture, size, grey)),
      );
      for (const result of results) {
        if (result.status === 'fulfilled') {
          if (typeof result.value === 'string') unrelated.push(result.value);
          else read.push(result.value);
        } else if (skipBroken && result.reason instanceof InputError)
          progress.note(`skipped: ${sanitizeForTerminal(result.reason.message, 1000)}`);
        else throw result.reason;
      }
    }
    progress.update(task, pictures.length, pictures.length);
  } finally {
    progress.finish(task);
  }
  if (unrelated.length > 0) {
    const names = unrelated.slice(0, maxNamesListed).map((name) => sanitizeForTerminal(join(name)));
    const more = unrelated.length > names.length ? ` and ${unrelated.length - names.length} more` : '';
    progress.note(
      `skipped ${counted(unrelated.length, 'file')} that are not images: ${names.join(', ')}${more}`,
    );
  }
  classNames.forEach((className, label) => {
    if (!read.some((picture) => picture.label === label)) {
      throw new InputError(`${join(root, split, className)}: none of its files can be read as a picture`);
    }
  });
  const inputs = new Uint8Array(read.length * features);
  read.forEach(({ pixels }, row) => inputs.set(pixels, row * features));
  const labels = Uint8Array.from(read, ({ label }) => label);
  const files = read.map(({ file }) => file);
  const origin = (row: number) => ({ file: files[row].name });
  return { examples: { rows: read.length, features, inputs, divisor: 255, labels, origin }, files };
}

async function listClass(root: string, folder: string, label: number): Promise<Picture[]> {
  const path = inside(root, await resolve(join(root, folder)), join(root, folder));
  const names = await readdir(path).catch((error: unknown) => {
    throw fileError(error, 'read the folder', path);
  });
  if (names.every((name) => name.startsWith('.')))
    throw new InputError(`${join(root, folder)}: the folder holds no pictures`);
  return names.sort().map((name) => ({ name: `${folder}/${name}`, label }));
}

/** @returns the name of a file that is not a picture */
async function readPicture(root: string, { name, label }: Picture, size: PictureSize, grey: boolean) {
  const shown = join(root, name);
  const path = inside(root, await resolve(shown), shown);
  if ((await stat(path)).isDirectory()) {
    throw new InputError(`${shown}: this is a folder, expected a picture`);
  }
  const bytes = await readLimited(path, maxFileBytes);
  if (!pictureName.test(name) && !beginsAsPicture(bytes)) return name;
  const { pixels } = await decodeBytes(bytes, shown, { resize: size, grey });
  return { label, pixels, file: { name, bytes: bytes.length, sha256: sha256(bytes) } };
}

async function resolve(path: string): Promise<string> {
  return realpath(path).catch((error: unknown) => {
    throw fileError(error, 'read', path);
  });
}

/** @throws InputError where links have led out of the root. */
function inside(root: string, path: string, shown: string): string {
  if (path.startsWith(root.endsWith(sep) ? root : root + sep)) return path;
  throw new InputError(`${shown}: this is a link that leads out of ${root}, which is not followed`);
}
