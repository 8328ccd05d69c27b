/** Files of other programs, imported whole: read, matched and run. */
import { exportModel } from '../../src/saved/export/formats.ts';
import { importModel } from '../../src/saved/import/import-model.ts';
import { sourceFrom } from '../../src/saved/import/source.ts';
import type { SavedModel } from '../../src/saved/saved-model.ts';
import type { Reader } from './judge.ts';

/** @param saved a small model, of which its own exports are the valid inputs */
export async function importReaders(saved: SavedModel): Promise<Reader[]> {
  const data = () => Promise.resolve(saved.file);
  const readWith =
    (weights?: Uint8Array) =>
    (input: Uint8Array): Promise<unknown> =>
      importModel(saved.entry, sourceFrom(input, 'theirs', weights), 'theirs', { options: {}, data });
  const arrays = await Promise.all(
    (['onnx', 'safetensors', 'npz'] as const).map(async (format): Promise<Reader> => {
      const [sample] = Object.values((await exportModel(saved, format)).files) as Uint8Array[];
      return { name: `import of ${format}`, samples: [sample], most: 1000, read: readWith() };
    }),
  );
  const { files } = await exportModel(saved, 'layers');
  const json = Buffer.from(files['model.json'] as string);
  const weights = files['weights.bin'] as Uint8Array;
  return [
    ...arrays,
    { name: 'import of layers', json: true, samples: [json], most: 1000, read: readWith(weights) },
  ];
}
