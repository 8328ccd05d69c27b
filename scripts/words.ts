/**
 * The words after a script's name.
 */
import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * The values of a script's options. `--help` prints what stands at the head of its file, and ends the process; so does a
 * word that it does not know, with a sentence and exit code 2.
 *
 * @param script its `import.meta.url`
 */
export function wordsOf<O extends Options>(script: string, options: O) {
  const known = { ...options, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values } = parseArgs({ args: process.argv.slice(2), options: known });
    if ((values as { help?: boolean }).help !== true) return values;
    const [, about] = /\/\*\*\n(.*?)\n \*\//s.exec(readFileSync(new URL(script), 'utf8'))!;
    process.stdout.write(`${about.replace(/^ \* ?/gm, '')}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split('. ')[0]}; --help says what there is.\n`);
    process.exit(2);
  }
}
