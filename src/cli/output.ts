/**
 * Who gets to see what: results go to standard output, talk and progress to standard error. With `--json`, standard
 * output holds one JSON document and nothing else; with `--quiet`, standard error holds errors only.
 */
import pc from 'picocolors';
import type { Progress } from '../core/progress.ts';
import { createProgress } from './progress.ts';

export interface OutputOptions {
  json?: boolean;
  quiet?: boolean;
}

export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Set when work is under way that leaves files: then it goes on though nobody reads any more. */
  mustFinish = false;
  /** Draws bars on a terminal, prints notes; silent with `--quiet`. */
  readonly progress: Progress;

  constructor({ json = false, quiet = false }: OutputOptions) {
    this.json = json;
    this.quiet = quiet;
    this.progress = createProgress({ quiet, say: (line) => this.say(line) });
  }

  /** Talk, on standard error. */
  say(line = ''): void {
    if (!this.quiet) process.stderr.write(`${line}\n`);
  }

  /** A warning that must be seen, on standard error. */
  warn(line: string): void {
    this.say(pc.createColors(process.stderr.isTTY && !process.env.NO_COLOR).yellow(line));
  }

  /** The result of a command: `text` for people, `document` under `--json`. */
  result(text: string, document: unknown): void {
    process.stdout.write(this.json ? `${JSON.stringify(document)}\n` : `${text}\n`);
  }
}
