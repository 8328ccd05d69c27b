/**
 * Results go to standard output, messages and progress to standard error. With `--json`, standard output holds one JSON
 * document and nothing else; with `--quiet`, standard error holds errors only.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import pc from 'picocolors';
import { createProgress } from './progress.ts';
import { fileError } from '../../node/files.ts';
import type { Progress } from '../../utils/progress.ts';
import { withoutControls, wrap } from '../../utils/text.ts';

interface OutputOptions {
  json?: boolean;
  quiet?: boolean;
}

export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Set while work is under way that writes files: it continues even if standard output is closed. */
  mustFinish = false;
  /** Draws bars on a terminal, prints notes; silent with `--quiet`. */
  readonly progress: Progress;

  constructor({ json = false, quiet = false }: OutputOptions) {
    this.json = json;
    this.quiet = quiet;
    this.progress = createProgress({ quiet, say: (line) => this.say(line) });
  }

  /** A message, on standard error. */
  say(text = ''): void {
    if (!this.quiet) process.stderr.write(`${wrapForTerminal(text)}\n`);
  }

  /** A warning, on standard error. */
  warn(text: string): void {
    if (!this.quiet) process.stderr.write(`${colorsFor(process.stderr).yellow(wrapForTerminal(text))}\n`);
  }

  /** The error of a command: one sentence on standard error, and with `--json` a document on standard output. */
  fail(message: string, code: number): void {
    const { red } = colorsFor(process.stderr);
    process.stderr.write(`${wrapForTerminal(`zoo: ${message}`).replace('zoo:', red('zoo:'))}\n`);
    if (this.json) this.document({ error: { message, code } });
  }

  /**
   * The result of a command: `text` for people, `document` under `--json`.
   *
   * @param verdicts whether to color verdicts such as `agree` and `DIFFER`
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

/** No colors if the stream is not a terminal or NO_COLOR is set. */
const colorsFor = ({ isTTY }: NodeJS.WriteStream) => pc.createColors(Boolean(isTTY) && !process.env.NO_COLOR);

function withVerdicts(text: string): string {
  const { green, red } = colorsFor(process.stdout);
  return text.replace(
    /(\b(?:DIFFERS?|DIFFERENT|UNDECIDED|NOT \w+|FAILS|WRONG)\b|✗)|\b(?:agrees?|verified|Nothing is wrong)\b|\bequal$|✓/gm,
    (verdict, isBad?: string) => (isBad ? red(verdict) : green(verdict)),
  );
}

/** Wraps lines for a terminal. Elsewhere they stay whole, for programs that read them. */
function wrapForTerminal(text: string): string {
  const plain = withoutControls(text);
  const { isTTY, columns } = process.stderr;
  if (!isTTY || !columns) return plain;
  return plain
    .split('\n')
    .flatMap((line) => wrap(line, columns, 0))
    .join('\n');
}

/** A closed standard output ends the process quietly unless it must finish; any other write error is reported. */
export function surviveLostStreams(output: Output): void {
  let failure: NodeJS.ErrnoException | undefined;
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error;
    if (isClosed(error) && !output.mustFinish) process.exit();
  });
  process.on('exit', (code) => {
    if (failure && !isClosed(failure)) {
      const { message } = fileError(failure, 'write', 'standard output') as Error;
      process.stderr.write(`zoo: ${message}\n`);
      process.exitCode = code || 1;
    }
    if (process.platform !== 'win32') [0, 1, 2].filter(isDevice).forEach(replaceByNull);
  });
}

/** Not an error: the reader has stopped (`zoo list | head -1`), or the terminal was closed. */
const isClosed = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || (code === 'EIO' && isDevice(1));

const isDevice = (stream: number): boolean => fstatSync(stream).isCharacterDevice();

/**
 * Replaces a terminal by /dev/null. On exit Node.js restores the modes of terminals and aborts if one has been closed;
 * it ignores other files.
 */
function replaceByNull(stream: number): void {
  closeSync(stream);
  openSync('/dev/null', 'r+'); // takes the lowest number that is free
}
