/** `zoo setup native`: get TensorFlow's native library, by every way there is. */
import type { CommandModule } from 'yargs';
import { megabytesOf, removeNative, setupNative } from '../native/setup.ts';

interface SetupArguments {
  part: 'native';
  libtensorflow?: string;
  fromPython?: string;
  remove?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export const setupCommand: CommandModule<object, SetupArguments> = {
  command: 'setup <part>',
  describe: "get TensorFlow's native library, the zoo's fast backend",
  builder: (yargs) =>
    yargs
      .positional('part', { choices: ['native'] as const, demandOption: true, describe: 'what to set up' })
      .option('libtensorflow', {
        type: 'string',
        requiresArg: true,
        describe: "build with TensorFlow's C archive: a folder, a .tar.gz file or an http address",
      })
      .option('from-python', {
        type: 'string',
        describe:
          "build with a Python TensorFlow: an interpreter or a wheel file; alone, the machine's own Python",
      })
      .option('remove', {
        type: 'boolean',
        describe: 'take away what this command has installed',
      })
      .conflicts('libtensorflow', ['from-python', 'remove'])
      .conflicts('from-python', 'remove')
      .example('$0 setup native', "the stock install, else the machine's Python")
      .example(
        '$0 setup native --from-python',
        'from an installed TensorFlow, else from a wheel that pip downloads',
      )
      .example('$0 setup native --libtensorflow libtensorflow.tar.gz', 'from an archive, without network'),
  async handler({ libtensorflow, fromPython, remove, json, quiet }) {
    const say = json ? () => undefined : (line: string) => console.log(line);
    if (remove) {
      const removed = await removeNative();
      if (json) console.log(JSON.stringify({ removed: removed ?? null }));
      say(removed ? `removed ${removed}` : 'there was nothing to remove');
      return;
    }
    const started = performance.now();
    const result = await setupNative({ libtensorflow, fromPython }, (message) => {
      if (!quiet) console.error(message);
    });
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const megabytes = result.changed ? await megabytesOf(result.directory) : undefined;
    if (json) console.log(JSON.stringify({ ...result, seconds, megabytes }));
    say(
      result.changed
        ? `TensorFlow ${result.tensorflow} works, from ${result.source} (${seconds} s, ${megabytes} MB in ${result.directory})`
        : `TensorFlow ${result.tensorflow} works already (${result.directory}), nothing to do`,
    );
  },
};
