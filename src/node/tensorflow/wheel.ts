/** Taking TensorFlow's C library out of a Python wheel. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { HEADER_PATTERN } from './shared-library.ts';
import { causeOf, runTool, type Progress } from './tool.ts';

// A wheel is a zip of 1 GB unpacked. Python, which the build needs anyway, reads just the parts wanted, as a stream.
const UNPACK = `
import re, shutil, sys, zipfile
from pathlib import Path
wheel, target, header = sys.argv[1:4]
library = re.compile(r"tensorflow/libtensorflow(_cc|_framework)\\.(\\d+\\.)?(so|dylib)(\\.\\d+)*$")
header = re.compile(header)
with zipfile.ZipFile(wheel) as archive:
    wanted = [entry for entry in archive.infolist() if library.match(entry.filename)
              or entry.filename.startswith("tensorflow/include/") and header.match(entry.filename[len("tensorflow/include/"):])]
    total, done, told = sum(entry.file_size for entry in wanted) or 1, 0, 0
    for entry in wanted:
        place = Path(target, entry.filename)
        place.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, open(place, "wb") as copy:
            while block := source.read(1 << 20):
                copy.write(block)
                done += len(block)
                if done * 10 // total > told:
                    told = done * 10 // total
                    print(told * 10, flush=True)
`;

/**
 * Unpack library and headers of the wheel `file` into `folder`; resolves to the unpacked package's folder.
 * Throws InputError when the file is not there or is no wheel.
 */
export async function unpackWheel(
  file: string,
  folder: string,
  python: string,
  progress: Progress,
): Promise<string> {
  if (!existsSync(file)) throw new InputError(`There is no wheel at ${file}.`);
  const result = await runTool(python, ['-c', UNPACK, file, folder, HEADER_PATTERN], {
    onLine: (line) => progress(`unpacking ${basename(file)}: ${line} %`),
  });
  if (!result.succeeded) throw new InputError(`${basename(file)} could not be unpacked: ${causeOf(result)}.`);
  const root = join(folder, 'tensorflow');
  if (!existsSync(root))
    throw new InputError(`${basename(file)} is no TensorFlow wheel: it holds no libtensorflow_cc.`);
  return root;
}
