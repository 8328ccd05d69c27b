import type { Argv } from 'yargs';
import { generate } from '../estimator/generate.ts';
import { loadWeights } from '../runs/load.ts';
import { withoutControls } from '../utils/text.ts';
import {
  backendOptions,
  checkedNumber,
  startBackend,
  userModelOption,
  wholeNumber,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('weights', { describe: 'a run directory or a weights.json', type: 'string' })
      .options({
        count: { describe: 'how many texts [20 sequences, 1 running text]', type: 'number' },
        temperature: {
          describe: 'below 1: more of what is probable; near 0: always the most probable',
          type: 'number',
          default: 1,
        },
        seed: { describe: 'seed of every random choice', type: 'number', default: 42 },
        prompt: { describe: 'what each text begins with', type: 'string' },
        length: { describe: 'characters to add at most [the context; 500 of running text]', type: 'number' },
        ...userModelOption,
        ...backendOptions,
      } as never)
      .example('$0 generate runs/gpt-… --temperature 0.5', 'twenty names')
      .example("$0 generate runs/gpt-… --prompt 'ROMEO:' --length 300", 'text after a beginning'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const saved = await loadWeights(args.weights as string, args.model as string | undefined);
    const temperature = checkedNumber('--temperature', args.temperature, {
      exclusiveMinimum: 0,
      maximum: 100,
    });
    const optional = (name: 'count' | 'length') =>
      args[name] === undefined ? undefined : wholeNumber(args, name, 1, 1e6);
    const [count, length, seed] = [
      optional('count'),
      optional('length'),
      wholeNumber(args, 'seed', 0, 2 ** 32 - 1),
    ];
    await startBackend(args, output);
    const texts = await generate(saved, {
      count,
      length,
      seed,
      temperature,
      prompt: args.prompt as string | undefined,
    });
    output.result(texts.map(withoutControls).join('\n'), {
      model: saved.file.model,
      seed,
      temperature,
      texts,
    });
  },
};
export default command;
