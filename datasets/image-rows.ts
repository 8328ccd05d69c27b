/**
 * The images of an IDX file as rows of bytes: in memory where they fit, else read from the disk when they are needed.
 */
import { usualDataMemory, type DataRequest, type Examples } from '../src/core/data/dataset.ts';
import { RowsOnDisk } from './formats/rows-on-disk.ts';
import type { ObtainedFile } from './acquire/obtain.ts';
import { changedMeanwhile } from './acquire/large-file.ts';
import { openUnpacked } from './acquire/unpack.ts';
import { checkIdxLength, parseIdxImages, parseIdxImagesHeader, type IdxHeader } from './formats/idx.ts';
import { beginning, isGzipped, unzip } from './formats/unzip.ts';

/** An IDX file of which the header is known. */
export interface ImageFile {
  file: ObtainedFile;
  header: IdxHeader;
}

/** @throws InputError where the header is wrong or the images have another size. */
export function imageFile(file: ObtainedFile, height: number, width: number): ImageFile {
  const { content, path } = file;
  const start = isGzipped(content) ? beginning(content, path) : content;
  return { file, header: parseIdxImagesHeader(start, path, height, width) };
}

/**
 * @param rows How many of its rows, from the beginning, and what to call them.
 * @throws InputError where the file is damaged or not as long as its header says
 * @throws WorkError where it must be unpacked and the disk has no room
 */
export async function imageRows(
  { file, header }: ImageFile,
  rows: { wanted: number; name: string },
  request: DataRequest,
): Promise<Examples['inputs']> {
  const { dataMemory = usualDataMemory, progress } = request;
  const { shape, offset, values } = header;
  const [images, height, width] = shape;
  const length = rows.wanted * (values / images);
  const isWhole = file.content.length === file.bytes;
  if (isWhole && values <= dataMemory) {
    const bytes = await unzip(file.content, file.path, offset + values);
    return parseIdxImages(bytes, file.path, height, width).subarray(0, length);
  }
  const onDisk = isGzipped(file.content)
    ? await openUnpacked(file, offset + values, { offset, length }, request)
    : openPlain({ file, header }, length);
  if (length <= dataMemory) {
    const inputs = onDisk.subarray(0);
    onDisk.close();
    return inputs;
  }
  progress.note(
    `${rows.wanted} ${rows.name} rows (${mebibytes(length)} MiB) stay on disk: ` +
      `more than --data-memory ${mebibytes(dataMemory)}`,
  );
  return onDisk;
}

/** The file as it lies, if it is still the one whose hash is recorded. */
function openPlain({ file, header }: ImageFile, length: number): RowsOnDisk {
  checkIdxLength(header, file.bytes, file.path);
  const rows = new RowsOnDisk({ path: file.path, offset: header.offset, length });
  if (rows.version === file.version) return rows;
  rows.close();
  throw changedMeanwhile(file.path);
}

const mebibytes = (bytes: number): string =>
  bytes < 10 * 2 ** 20 ? String(Number((bytes / 2 ** 20).toPrecision(2))) : (bytes / 2 ** 20).toFixed(0);
