import { basename, dirname, extname, join, relative } from 'node:path';
import type { Argv } from 'yargs';
import { datasetFor } from '../../datasets/index.ts';
import { InputError } from '../utils/errors.ts';
import { sanitizeForTerminal, listText, counted } from '../utils/text.ts';
import { keepInputs, makeDirectory, readLimited, writeFileAtomically } from '../node/files.ts';
import { definitionNamed } from '../runs/user-models.ts';
import { importModel } from '../weights/import/import-model.ts';
import { weightsText } from '../weights/saved-model.ts';
import {
  dataOptions,
  dataRequest,
  modelOptions,
  repeatable,
  withLists,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';
import { modelInArguments, modelWord } from './shared/model-options.ts';

const maxBytes = 256e6;

const command: CommandBody = {
  async builder(yargs: Argv): Promise<Argv> {
    const definition = await modelInArguments();
    return yargs
      .positional('file', { describe: 'a .npz or .safetensors file of arrays', type: 'string' })
      .options({
        model: {
          ...modelWord(),
          describe: 'name of a model, or a model file such as ./my-model.ts',
          demandOption: true,
        },
        map: {
          ...repeatable,
          describe: 'parameter=array, comma-separated; array.T transposes a matrix',
        },
        out: { describe: 'output file [<name>.weights.json next to the input]', type: 'string' },
        ...dataOptions,
        ...(definition ? modelOptions(definition) : {}),
      } as never)
      .example('$0 import net.npz --model mlp --hidden 64', 'arrays named like the parameters')
      .example(
        '$0 import net.npz --model softmax --map weights=fc.weight.T,bias=fc.bias',
        'arrays with other names',
      )
      .epilogue(
        'Every parameter needs an array of its name and shape, and every array a\n' +
          'parameter. Class names and preprocessing come from the data of the model,\n' +
          'unless zoo export wrote the file.',
      );
  },

  async handler(args: Arguments, output: Output): Promise<void> {
    const definition = await definitionNamed(args.model as string);
    const file = args.file as string;
    const given = withLists(definition, args);
    const options = Object.fromEntries(
      Object.keys(definition.options).flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])),
    ) as Record<string, string>;
    const { saved, format, matches } = await importModel(
      definition,
      await readLimited(file, maxBytes),
      basename(file),
      {
        options,
        map: parseMap((args.map as string[] | undefined) ?? []),
        async data() {
          const request = dataRequest(args, options, output);
          const dataset = await datasetFor(definition, request).load(request);
          output.say(`class names and preprocessing: from ${dataset.name}, ${dataset.source}`);
          const { classNames, preprocessing, train } = dataset;
          return { classNames, preprocessing, target: train.target };
        },
      },
    );
    const beside = join(dirname(file), `${basename(file, extname(file))}.weights.json`);
    const out = (args.out as string | undefined) ?? beside;
    await keepInputs(out, [file]);
    await makeDirectory(dirname(out));
    await writeFileAtomically(out, weightsText(saved));
    const shown = Object.entries(saved.file.options).map(([name, value]) => `${name} ${String(value)}`);
    output.result(
      [
        listText(
          matches.map(({ parameter, array, transposed }) => [
            parameter,
            `${sanitizeForTerminal(array, 60)}${transposed ? ', transposed' : ''}`,
          ]),
        ),
        `options: ${shown.join(', ') || 'none'}`,
        `${relative('', out)}: ${counted(matches.length, 'parameter')} of ${saved.file.model}; zoo evaluate scores it`,
      ].join('\n'),
      { model: definition.name, format, matches, options: saved.file.options, out },
    );
  },
};
export default command;

/** `parameter=array` pairs, comma-separated. @throws InputError for a pair without `=` or a parameter that is named twice */
function parseMap(words: string[]): Record<string, string> {
  const pairs = words
    .flatMap((word) => word.split(','))
    .map((pair) => {
      const [parameter, ...rest] = pair.split('=');
      const array = rest.join('=');
      if (!parameter || !array)
        throw new InputError(
          `--map: "${sanitizeForTerminal(pair, 60)}" is not of the form parameter=array, as in hiddenWeights=fc1.weight.T.`,
        );
      return [parameter, array] as const;
    });
  const names = pairs.map(([parameter]) => parameter);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined)
    throw new InputError(`--map names the parameter ${sanitizeForTerminal(repeated, 60)} twice.`);
  return Object.fromEntries(pairs);
}
