/** The layout of document 001's HDF5 files: `train_set_x`, `train_set_y`, `list_classes`, and the same for test. */
import type { Examples } from '../../src/data/dataset.ts';
import { InputError } from '../../src/utils/errors.ts';
import { type Hdf5Array, readHdf5 } from './hdf5.ts';

const pictureShape = [64, 64, 3];
const features = 64 * 64 * 3;
/** About 40 000 pictures. */
const maxArrayBytes = 512 * 1024 * 1024;

/**
 * @param name The file, for messages.
 * @returns `[pictures, 12288]` bytes, flattened row by row as NumPy's `reshape` does.
 * @throws InputError if the file is not an HDF5 file, is damaged, lacks a set or holds one of another shape or type.
 */
export async function readCatSets(
  bytes: Uint8Array,
  name: string,
  split: 'train' | 'test',
): Promise<Examples> {
  const [picturesName, labelsName, classesName] = [`${split}_set_x`, `${split}_set_y`, 'list_classes'];
  const sets = await readHdf5(bytes, name, [picturesName, labelsName, classesName], maxArrayBytes);
  const inputs = readPictures(need(sets, picturesName, name), `${name}, ${picturesName}`);
  const labels = readLabels(need(sets, labelsName, name), `${name}, ${labelsName}`);
  const rows = inputs.length / features;
  if (labels.length !== rows) {
    throw new InputError(
      `${name}: ${picturesName} holds ${rows} pictures, ${labelsName} ${labels.length} labels; they must be as many`,
    );
  }
  checkClasses(sets.get(classesName), `${name}, ${classesName}`);
  return { rows, features, inputs, divisor: 255, labels };
}

function need(sets: Map<string, Hdf5Array>, set: string, name: string): Hdf5Array {
  const found = sets.get(set);
  if (found) return found;
  throw new InputError(`${name}: the file lacks the set ${set}`);
}

function readPictures({ shape, values }: Hdf5Array, where: string): Uint8Array {
  const fits = shape.length === 4 && shape[0] > 0 && pictureShape.every((size, i) => shape[i + 1] === size);
  if (!fits) {
    throw new InputError(
      `${where}: the shape is ${shape.join('×')}, expected pictures×${pictureShape.join('×')}`,
    );
  }
  if (!(values instanceof Uint8Array)) throw new InputError(`${where}: expected unsigned bytes`);
  return values;
}

function readLabels({ shape, values }: Hdf5Array, where: string): Uint8Array {
  const rows = Math.max(...shape);
  if (shape.length === 0 || values.length !== rows) {
    throw new InputError(
      `${where}: the shape is ${shape.join('×') || 'that of one number'}, expected one row of labels`,
    );
  }
  return Uint8Array.from(Array.from<string | number>(values), (label, row) => {
    if (label === 0 || label === 1) return label;
    throw new InputError(
      `${where}: label ${row} is ${JSON.stringify(label)}, expected 0 (non-cat) or 1 (cat)`,
    );
  });
}

/** The training file leaves the names out. Others, or in another order, would make labels mean something else. */
function checkClasses(classes: Hdf5Array | undefined, where: string): void {
  const names = classes && Array.from<string | number>(classes.values).join(', ');
  if (names !== undefined && names !== 'non-cat, cat') {
    throw new InputError(
      `${where}: the classes are ${JSON.stringify(names.slice(0, 80))}, expected "non-cat, cat"`,
    );
  }
}
