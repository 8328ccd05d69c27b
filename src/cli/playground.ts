import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Argv } from 'yargs';
import { InputError } from '../utils/errors.ts';
import { packageRoot } from '../node/environment.ts';
import { serveFolder } from '../node/serve-folder.ts';
import { repeatable, wholeNumber, type Arguments, type CommandBody } from './shared/options.ts';
import type { Output } from './shared/output.ts';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .options({
        port: {
          describe: 'port of the server; 0: any free port',
          type: 'number',
          default: 8080,
        },
        'allow-host': {
          ...repeatable,
          describe: 'host name to answer beside localhost, such as that of a proxy; repeatable',
        },
      })
      .example('$0 playground', 'open http://127.0.0.1:8080/')
      .epilogue('Only this machine can reach the page. Files dropped on it stay in the browser.'),

  async handler(args: Arguments, output: Output): Promise<void> {
    const port = wholeNumber(args, 'port', 0, 65_535);
    const allowedHosts = (args.allowHost ?? []) as string[];
    const invalid = allowedHosts.find((host) => !/^[\w.-]+$/.test(host));
    if (invalid !== undefined) {
      throw new InputError(`--allow-host takes a host name such as zoo.example.org, not ${invalid}.`);
    }
    const folder = fileURLToPath(new URL('dist/playground/', packageRoot));
    await access(new URL('dist/playground/index.html', packageRoot)).catch(() => {
      throw new InputError('The page is not built. Run npm run build:playground.');
    });
    const { server, address } = await serveFolder(folder, { port, allowedHosts });
    output.result(`playground at ${address} (Ctrl-C to stop)`, { address });
    const ended = new Promise((resolve) => server.once('close', resolve));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.exitCode = signal === 'SIGINT' ? 130 : 143;
        server.close();
        server.closeAllConnections();
      });
    }
    await ended;
  },
};
export default command;
