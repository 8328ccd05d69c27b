import type { Argv } from 'yargs';
import { megabytesOf, removeNative, setupNative } from '../node/tensorflow/setup.ts';
import type { Arguments, CommandBody } from './options.ts';
import type { Output } from './output.ts';

const command: CommandBody = {
  valueOptional: () => ['from-python'],

  builder: (yargs: Argv): Argv =>
    yargs
      .positional('part', {
        describe: "what to set up: TensorFlow's native library, the fast backend",
        choices: ['native'],
        type: 'string',
      })
      .option('libtensorflow', {
        describe: "build with TensorFlow's C archive: a folder, a .tar.gz file or an http address",
        type: 'string',
      })
      .option('from-python', {
        describe:
          "build with a Python TensorFlow: an interpreter or a wheel file; alone, the machine's own Python",
        type: 'string',
      })
      .option('remove', { describe: 'take away what this command has installed', type: 'boolean' })
      .conflicts('libtensorflow', ['from-python', 'remove'])
      .conflicts('from-python', 'remove')
      .example('$0 setup native', "the stock install, else the machine's Python")
      .example('$0 setup native --from-python', "Python's TensorFlow, else a wheel that pip downloads")
      .example('$0 setup native --libtensorflow tf.tar.gz', 'from an archive, without network'),

  async handler(args: Arguments, output: Output): Promise<void> {
    if (args.remove) {
      const removed = await removeNative();
      output.result(removed ? `removed ${removed}` : 'there was nothing to remove', {
        removed: removed ?? null,
      });
      return;
    }
    const started = performance.now();
    const result = await setupNative(
      {
        libtensorflow: args.libtensorflow as string | undefined,
        fromPython: args.fromPython as string | undefined,
      },
      (message) => output.say(message),
    );
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const { changed, tensorflow, source, directory } = result;
    const megabytes = changed ? await megabytesOf(directory) : undefined;
    output.result(
      changed
        ? `TensorFlow ${tensorflow} works, made from ${source} in ${seconds} s; ${megabytes} MB in ${directory}`
        : `TensorFlow ${tensorflow} works already, in ${directory}; nothing to do`,
      { ...result, seconds, megabytes },
    );
  },
};
export default command;
