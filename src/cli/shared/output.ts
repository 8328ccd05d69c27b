/**
 * Who gets to see what: results go to standard output, talk and progress to standard error. With `--json`, standard
 * output holds one JSON document and nothing else; with `--quiet`, standard error holds errors only.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import pc from 'picocolors';
import { createProgress } from './progress.ts';
import { fileError } from '../../node/files.ts';
import type { Progress } from '../../utils/progress.ts';
import { withoutControls, wrap } from '../../utils/text.ts';

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
  say(text = ''): void {
    if (!this.quiet) process.stderr.write(`${laidOut(text)}\n`);
  }

  /** A warning that must be seen, on standard error. */
  warn(text: string): void {
    if (!this.quiet) process.stderr.write(`${colours(process.stderr).yellow(laidOut(text))}\n`);
  }

  /** Why a command failed: one sentence on standard error, and under `--json` a document on standard output. */
  fail(message: string, code: number): void {
    const { red } = colours(process.stderr);
    process.stderr.write(`${laidOut(`zoo: ${message}`).replace('zoo:', red('zoo:'))}\n`);
    if (this.json) this.document({ error: { message, code } });
  }

  /**
   * The result of a command: `text` for people, `document` under `--json`.
   *
   * @param verdicts whether words such as `agree` and `DIFFER` are verdicts, to be seen at a glance
   */
  result(text: string, document: unknown, { verdicts = false } = {}): void {
    if (this.json) return this.document(document);
    const plain = withoutControls(text);
    process.stdout.write(`${verdicts ? withVerdicts(plain) : plain}\n`);
  }

  /** A document alone, on standard output. */
  document(document: unknown): void {
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
}

/** None where the stream is no terminal, or where NO_COLOR is set. */
const colours = ({ isTTY }: NodeJS.WriteStream) => pc.createColors(Boolean(isTTY) && !process.env.NO_COLOR);

function withVerdicts(text: string): string {
  const { green, red } = colours(process.stdout);
  return text.replace(
    /(\b(?:DIFFERS?|DIFFERENT|UNDECIDED|NOT \w+|FAILS|WRONG)\b|✗)|\b(?:agrees?|verified|Nothing is wrong)\b|\bequal$|✓/gm,
    (verdict, isBad?: string) => (isBad ? red(verdict) : green(verdict)),
  );
}

/** Fit for a terminal: broken at words where it is wider. Elsewhere lines stay whole, for programs that read them. */
function laidOut(text: string): string {
  const plain = withoutControls(text);
  const { isTTY, columns } = process.stderr;
  if (!isTTY || !columns) return plain;
  return plain
    .split('\n')
    .flatMap((line) => wrap(line, columns, 0))
    .join('\n');
}

export function surviveLostStreams(output: Output): void {
  let failure: NodeJS.ErrnoException | undefined;
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error;
    if (nobodyReads(error) && !output.mustFinish) process.exit();
  });
  process.on('exit', (code) => {
    if (failure && !nobodyReads(failure)) {
      const { message } = fileError(failure, 'write', 'standard output') as Error;
      process.stderr.write(`zoo: ${message}\n`);
      process.exitCode = code || 1;
    }
    if (process.platform !== 'win32') [0, 1, 2].filter(isDevice).forEach(replaceByNothing);
  });
}

/** No error: a reader has seen enough (`zoo list | head -1`), or a terminal was closed. */
const nobodyReads = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || (code === 'EIO' && isDevice(1));

const isDevice = (stream: number): boolean => fstatSync(stream).isCharacterDevice();

/**
 * When it ends, Node.js puts terminals back as they were when it began, and aborts where one was closed meanwhile;
 * another file in its place it passes over. Nothing here changes how a terminal works.
 */
function replaceByNothing(stream: number): void {
  closeSync(stream);
  openSync('/dev/null', 'r+'); // takes the lowest number that is free
}
