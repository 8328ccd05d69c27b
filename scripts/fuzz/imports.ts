/** Files of other programs, imported whole: read and matched. */
import { exportModel } from '../../src/saved/export/formats.ts';
import { importModel } from '../../src/saved/import/import-model.ts';
import type { SavedModel } from '../../src/saved/saved-model.ts';
import type { Reader } from './judge.ts';

/** @param saved a small model, of which its own exports are the valid inputs */
export function importReaders(saved: SavedModel): Promise<Reader[]> {
  const data = () => Promise.resolve(saved.file);
  return Promise.all(
    (['safetensors', 'npz'] as const).map(async (format): Promise<Reader> => {
      const [sample] = Object.values((await exportModel(saved, format)).files) as Uint8Array[];
      return {
        name: `import of ${format}`,
        samples: [sample],
        most: 1000,
        read: (input) => importModel(saved.entry, input, 'theirs', { options: saved.file.options, data }),
      };
    }),
  );
}
