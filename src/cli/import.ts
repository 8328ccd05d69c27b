import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import type { Argv } from 'yargs';
import { datasetFor } from '../../datasets/index.ts';
import { closeDataset } from '../core/data/stored-inputs.ts';
import { counted } from '../core/text.ts';
import { listText } from '../core/table.ts';
import { makeDirectory, readLimited, writeFileAtomically } from '../node/files.ts';
import { importModel, type Imported } from '../saved/import/import-model.ts';
import { sourceFrom } from '../saved/import/source.ts';
import { weightsText } from '../saved/saved-model.ts';
import { entryNamed } from '../runs/own-models.ts';
import { keepInputs } from './keep-inputs.ts';
import {
  dataOptions,
  dataRequest,
  modelOptions,
  withLists,
  type Arguments,
  type CommandBody,
} from './options.ts';
import type { Output } from './output.ts';
import { modelInArguments, modelWord } from './zoo-models.ts';

const mostBytes = 256e6;

const command: CommandBody = {
  async builder(yargs: Argv): Promise<Argv> {
    const entry = await modelInArguments();
    return yargs
      .positional('file', {
        describe: 'a .onnx, .safetensors, .npz, or the model.json of a Layers model, or its folder',
        type: 'string',
      })
      .options({
        model: {
          ...modelWord(),
          describe: 'which model of the zoo it is, or a file of yours: ./my-model.ts',
          demandOption: true,
        },
        out: { describe: 'file to write [beside it, <name>.weights.json]', type: 'string' },
        ...dataOptions,
        ...(entry ? modelOptions(entry) : {}),
      } as never)
      .example('$0 import net.onnx --model mnist', 'from PyTorch, say')
      .example('$0 import layers-model --model mnist --out mine/weights.json', '')
      .epilogue(
        'Arrays are matched by their names, or else by their order and shapes. Sizes of layers are taken from the\n' +
          'arrays; what a file does not say (classes, how inputs are prepared) comes from the data of the model.\n' +
          'A file that can be run is run, and must answer as the imported model does.',
      );
  },

  async handler(args: Arguments, output: Output): Promise<void> {
    const entry = await entryNamed(args.model as string);
    const { file, weights } = await filesOf(args.file as string);
    const name = basename(file);
    const source = sourceFrom(
      await readLimited(file, mostBytes),
      name,
      weights === undefined ? undefined : await readLimited(weights, mostBytes),
    );
    const given = withLists(entry, args);
    const options = Object.fromEntries(
      Object.keys(entry.options).flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])),
    ) as Record<string, string>;
    const imported = await importModel(entry, source, name, {
      options,
      async data() {
        const request = dataRequest(args, options, output);
        const dataset = await datasetFor(entry, request).load(request);
        closeDataset(dataset);
        output.say(`classes and preparation of inputs: those of ${dataset.name}, source ${dataset.source}`);
        const { classNames, preprocessing, train } = dataset;
        return { classNames, preprocessing, target: train.target };
      },
    });
    const usual = join(dirname(file), `${basename(file, extname(file))}.weights.json`);
    const out = (args.out as string | undefined) ?? usual;
    await keepInputs(out, weights ? [file, weights] : [file]);
    await makeDirectory(dirname(out));
    await writeFileAtomically(out, weightsText(imported.saved));
    const { matches, unused, difference } = imported;
    output.result(textOf(imported, source.format, out), {
      model: entry.name,
      format: source.format,
      matches,
      unused,
      options: imported.saved.file.options,
      ...(difference !== undefined && { maxDifference: difference }),
      out,
    });
  },
};
export default command;

function textOf({ matches, unused, difference, saved }: Imported, format: string, out: string): string {
  const options = Object.entries(saved.file.options).map(([name, value]) => `${name} ${String(value)}`);
  return [
    listText(
      matches.map(({ parameter, array, by, turned }) => [
        parameter,
        `${array}, by ${by}${turned ? `, ${turned}` : ''}`,
      ]),
    ),
    ...(unused.length > 0 ? [`not used: ${unused.slice(0, 20).join(', ')}`] : []),
    `options: ${options.join(', ') || 'none'}`,
    difference === undefined
      ? `${format}: not run, so that it computes the same is not checked; zoo evaluate shows how well it does`
      : `the file's own answers are the same, but for ${difference.toPrecision(2)}`,
    `${relative('', out)}: ${counted(matches.length, 'parameter')} of ${saved.file.model}`,
  ].join('\n');
}

/** A Layers model's weights stand beside it under one of the usual names; the paths in the file itself are not followed. */
async function filesOf(path: string): Promise<{ file: string; weights?: string }> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
  const file = isFolder ? join(path, 'model.json') : path;
  if (!file.endsWith('.json')) return { file };
  const names = await readdir(dirname(file)).catch(() => []);
  const found = names.find((name) => name === 'weights.bin' || name === 'group1-shard1of1.bin');
  return { file, weights: found && join(dirname(file), found) };
}
