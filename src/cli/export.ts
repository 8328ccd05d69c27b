import { dirname, join, relative } from 'node:path';
import type { Argv } from 'yargs';
import { useBackend } from '../backend/index.ts';
import { layersFiles } from '../saved/export/layers.ts';
import { plainJson, plainNpz } from '../saved/export/plain.ts';
import { makeDirectory, writeFileAtomically } from '../node/files.ts';
import { type SavedModel } from '../saved/saved-model.ts';
import { loadWeights, weightsPath } from '../runs/load.ts';
import { keepInputs } from './keep-inputs.ts';
import type { Arguments, CommandBody } from './options.ts';
import type { Output } from './output.ts';

type Content = string | Uint8Array;

/** What each format writes beside the weights where `--out` names no other place. */
const formats = {
  json: { place: 'parameters.json', make: ({ file }: SavedModel): Content => plainJson(file) },
  npz: { place: 'parameters.npz', make: ({ file }: SavedModel): Content => plainNpz(file) },
  layers: { place: 'layers-model', make: layersFiles },
} as const;
type Format = keyof typeof formats;

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('weights', { describe: 'a run directory or a weights.json', type: 'string' })
      .options({
        format: {
          describe: 'json: nested lists; npz: NumPy arrays; layers: a TensorFlow.js Layers model',
          choices: Object.keys(formats),
          default: 'json',
        },
        out: {
          describe: 'file to write, for layers a directory [beside the weights]',
          type: 'string',
        },
      } as never)
      .example('$0 export runs/mnist-… --format npz', 'for NumPy')
      .example('$0 export runs/mnist-… --format layers', 'for plain TensorFlow.js'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const weights = await weightsPath(args.weights as string);
    const format = args.format as Format;
    const saved = await loadWeights(weights);
    const out = (args.out as string | undefined) ?? join(dirname(weights), formats[format].place);
    // Plain JavaScript: a handful of rows is computed, and no library need be loaded for it.
    if (format === 'layers') await useBackend('cpu');
    const made = await formats[format].make(saved);
    const files =
      typeof made === 'string' || made instanceof Uint8Array
        ? [{ path: out, content: made }]
        : Object.entries(made).map(([name, content]) => ({
            path: join(out, name),
            content: content as Content,
          }));
    for (const { path } of files) await keepInputs(path, [weights]);
    await makeDirectory(dirname(files[0].path));
    for (const { path, content } of files) await writeFileAtomically(path, content);
    const written = files.map(({ path, content }) => ({ path, bytes: Buffer.byteLength(content) }));
    output.result(written.map(({ path, bytes }) => `${relative('', path)}: ${bytes} bytes`).join('\n'), {
      model: saved.file.model,
      format,
      files: written,
    });
  },
};
export default command;
