import type { File } from 'h5wasm';

/** The bytes of an HDF5 file that `fill` writes. */
export async function makeHdf5(fill: (file: File) => void): Promise<Uint8Array> {
  const library = await import('h5wasm');
  const { FS } = await library.ready;
  const file = new library.File('/made.h5', 'w');
  fill(file);
  file.close();
  return FS.readFile('/made.h5').slice();
}

export interface CatFile {
  rows: number;
  split?: 'train' | 'test';
  shape?: number[];
  labels?: number[];
  labelsName?: string;
  wide?: boolean;
  classes?: string[];
}

/** A file in the layout of the cat data; pixel values count up modulo 251, labels alternate. */
export function catFile({ rows, split = 'train', ...change }: CatFile): Promise<Uint8Array> {
  const pixels = Array.from({ length: rows * 12288 }, (_, i) => i % 251);
  const labels = change.labels ?? Array.from({ length: rows }, (_, row) => row % 2);
  return makeHdf5((file) => {
    file.create_dataset({
      name: `${split}_set_x`,
      data: change.wide ? Int16Array.from(pixels) : Uint8Array.from(pixels),
      shape: change.shape ?? [rows, 64, 64, 3],
    });
    file.create_dataset({
      name: change.labelsName ?? `${split}_set_y`,
      data: BigInt64Array.from(labels, BigInt),
      shape: [labels.length, 1],
    });
    if (change.classes) file.create_dataset({ name: 'list_classes', data: change.classes, dtype: 'S7' });
  });
}
