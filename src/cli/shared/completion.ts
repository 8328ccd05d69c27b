/**
 * What the shell offers when Tab is pressed: `zoo completion` prints the script that asks.
 */
import type { Argv } from 'yargs';

const takesModel = ['train', 'gradcheck', 'sweep'];

/** The words of yargs (commands and options), and for some commands the names that they take. */
export function addCompletion(parser: Argv): void {
  parser.completion(
    'completion',
    'print a script for Tab in bash or zsh',
    ((
      current: string,
      argv: unknown,
      usual: (done: OnCompleted) => void,
      done: (words: string[]) => void,
    ) => {
      const [command] = ((argv as { _?: unknown[] })._ ?? []).map(String);
      usual((error, words = []) => {
        if (error || current.startsWith('-')) return done(words);
        void namesFor(command).then((names) => {
          done(names ? names.filter((name) => name.startsWith(current)) : words);
        });
      });
    }) as never, // whose types have it that completing cannot fail
  );
}

type OnCompleted = (error: Error | null, words?: string[]) => void;

async function namesFor(command: string | undefined): Promise<string[] | undefined> {
  if (command === undefined) return undefined;
  if (takesModel.includes(command)) return Object.keys((await import('../../../models/index.ts')).models);
  if (command === 'data') return Object.keys((await import('../../../datasets/index.ts')).datasets);
  return undefined;
}
