/**
 * The directory in which the commands of a page run: it resembles the project and does not see local data.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { project, type Block, type Command } from './page.ts';

const linked = ['package.json', 'bin', 'examples', 'scripts', 'sweeps', 'node_modules'];

export class Stage {
  readonly directory: string;
  readonly #tools: string;

  private constructor(place: string) {
    this.directory = join(place, 'work');
    this.#tools = join(place, 'tools');
  }

  static async open(): Promise<Stage> {
    const place = await mkdtemp(join(tmpdir(), 'zoo-docs-'));
    const stage = new Stage(place);
    await mkdir(stage.directory);
    await mkdir(stage.#tools);
    for (const name of linked) await symlink(join(project, name), join(stage.directory, name));
    const program = `#!/bin/sh\nexec "${process.execPath}" "${join(project, 'bin/zoo.js')}" "$@"\n`;
    await writeFile(join(stage.#tools, 'zoo'), program, { mode: 0o755 });
    return stage;
  }

  /** The output of each command of a block, with standard error between the lines of standard output. */
  async run({ commands, data }: Block): Promise<Command[]> {
    const printed: Command[] = [];
    for (const { line } of commands) printed.push({ line, output: await this.#shell(line, data) });
    return printed;
  }

  close = (): Promise<void> => rm(join(this.directory, '..'), { recursive: true, force: true });

  #shell(line: string, withData: boolean): Promise<string> {
    const { ZOO_DATA_DIR, NODE_OPTIONS: _, ...env } = process.env;
    const places = withData ? { ZOO_DATA_DIR } : { ZOO_MIRROR: 'http://127.0.0.1:9' };
    return new Promise((resolve) =>
      execFile(
        'sh',
        ['-c', `exec 2>&1; ${line}`],
        {
          cwd: this.directory,
          maxBuffer: 2 ** 26,
          env: {
            ...env,
            ...places,
            ...{ PATH: `${this.#tools}:${env.PATH}`, ZOO_CACHE_DIR: join(this.directory, '../cache') },
            ...{ NO_COLOR: '1', npm_config_loglevel: 'silent' },
          },
        },
        (_error, stdout) => resolve(stdout.trimEnd()),
      ),
    );
  }
}
