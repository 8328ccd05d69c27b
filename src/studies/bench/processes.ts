/**
 * One process for each contestant: native libraries, heaps and just-in-time compilers do not meet. It lives through
 * all rounds, so that starting and warming up are outside of what is timed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageRoot } from '../../node/package-root.ts';
import { WorkError } from '../../core/errors.ts';
import type { Assignment, Contestant, Implementation, Ready, Round } from './protocol.ts';
import { startOf } from './workloads.ts';

/** Libraries read these when they are loaded. Everybody computes with one thread. */
const oneThread = Object.fromEntries(
  ['OMP', 'OPENBLAS', 'MKL', 'VECLIB', 'NUMEXPR'].map((library) => [
    library === 'VECLIB' ? 'VECLIB_MAXIMUM_THREADS' : `${library}_NUM_THREADS`,
    '1',
  ]),
);
const environment = {
  ...oneThread,
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
  // No __pycache__ among the sources.
  PYTHONDONTWRITEBYTECODE: '1',
};

/** Where the peers' scripts are; an installed package has none. */
export const peerScripts = fileURLToPath(new URL('scripts/peers/', packageRoot));

/** Scripts there, with their arguments. */
const scriptOf: Partial<Record<Implementation, string[]>> = {
  'numpy-float64': ['numpy_peer.py', 'float64'],
  'numpy-float32': ['numpy_peer.py', 'float32'],
  torch: ['torch_peer.py'],
  keras: ['keras_peer.py', 'fit'],
  'keras-batch': ['keras_peer.py', 'batch'],
  'keras-steps': ['keras_peer.py', 'steps'],
};

function commandFor({ implementation }: Contestant, python: string): [string, string[]] {
  const peer = scriptOf[implementation];
  if (peer) {
    const [script, ...rest] = peer;
    return [python, [join(peerScripts, script), ...rest]];
  }
  // `.ts` in a checkout under tsx, `.js` when built.
  const isSource = import.meta.url.endsWith('.ts');
  const child = fileURLToPath(new URL(isSource ? './child.ts' : './child.js', import.meta.url));
  const loader = isSource
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return [process.execPath, [...loader, child]];
}

export class ContestantProcess {
  readonly contestant: Contestant;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #complaints = '';

  private constructor(contestant: Contestant, python: string) {
    this.contestant = contestant;
    const [command, parameters] = commandFor(contestant, python);
    this.#child = spawn(command, parameters, { env: { ...process.env, ...environment } });
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    this.#child.stderr!.on('data', (piece: Buffer) => {
      this.#complaints = (this.#complaints + piece.toString()).slice(-4000);
    });
    // A process that cannot be started or has died is told by the answer that does not come.
    this.#child.on('error', ({ message }) => (this.#complaints += `\n${message}`));
    this.#child.stdin!.on('error', () => undefined);
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /**
   * Starts the process and lets it prepare its data.
   *
   * @throws WorkError with its last words where it dies
   */
  static async start(
    contestant: Contestant,
    python: string,
  ): Promise<{ process: ContestantProcess; ready: Ready }> {
    const process = new ContestantProcess(contestant, python);
    const { initial, random } = startOf(contestant.workload);
    const asLists = Object.entries(initial).map(([name, { shape, values }]) => [
      name,
      { shape, values: Array.from(values) },
    ]);
    const assignment: Assignment = {
      ...contestant,
      initial: Object.fromEntries(asLists) as Assignment['initial'],
      random,
    };
    const ready = await process.#ask<Ready>(JSON.stringify(assignment));
    return { process, ready };
  }

  /** So many steps of training. */
  round(steps: number): Promise<Round> {
    return this.#ask<Round>(String(steps));
  }

  /** The end of its input ends it; whoever does not listen is stopped. */
  stop(): void {
    this.#child.stdin!.end();
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), 2000).unref();
    this.#child.once('close', () => clearTimeout(patience));
  }

  async #ask<Answer>(line: string): Promise<Answer> {
    this.#child.stdin!.write(`${line}\n`);
    for (;;) {
      const answer = await this.#answers.next();
      if (answer.done) throw new WorkError(await this.#lastWords());
      // Libraries print things; ours are the lines of JSON.
      if (answer.value.startsWith('{')) return JSON.parse(answer.value) as Answer;
    }
  }

  async #lastWords(): Promise<string> {
    await this.#closed;
    const lines = this.#complaints.split('\n').map((line) => line.trim());
    const cause = lines.findLast((line) => /^[\w.]*(Error|Exception)\b.*:|\bENOENT\b/.test(line));
    return (cause ?? lines.findLast(Boolean) ?? 'its process ended without a word').slice(0, 300);
  }
}
