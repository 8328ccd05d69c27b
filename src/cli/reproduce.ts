import type { Argv } from 'yargs';
import { useBackend, type BackendName } from '../backend/index.ts';
import { InputError } from '../utils/errors.ts';
import { createWorkers, missingData } from '../reproduce/context.ts';
import { reproduce } from '../reproduce/index.ts';
import {
  documentNames,
  isReproduced,
  savePlots,
  totals,
  type DocumentName,
  formatReport,
} from '../reproduce/report.ts';
import { makeRunDirectory } from '../runs/save.ts';
import {
  backendOptions,
  dataOptions,
  dataRequest,
  type Arguments,
  type CommandBody,
} from './shared/options.ts';
import type { Output } from './shared/output.ts';

const task = 'reproducing';

const command: CommandBody = {
  builder: (yargs: Argv): Argv =>
    yargs
      .positional('document', {
        describe: 'which documents [all]',
        choices: documentNames,
        array: true,
        type: 'string',
      })
      .options({
        ...dataOptions,
        backend: {
          ...backendOptions.backend,
          default: 'float64',
          describe: 'double precision, or one to 1e-4',
        },
        out: { describe: 'directory for the plots', type: 'string' },
      } as never)
      .example('$0 reproduce', 'every printed number of every document')
      .example('$0 reproduce 004 --json', ''),

  async handler(args: Arguments, output: Output): Promise<void> {
    const named = args.document as DocumentName[] | undefined;
    const names = named?.length ? documentNames.filter((name) => named.includes(name)) : [...documentNames];
    const request = dataRequest(args, {}, output);
    if (request.data === 'built-in') {
      throw new InputError('Synthetic data cannot reproduce the numbers. Use --data auto, dir or download.');
    }
    const out = args.out === undefined ? undefined : await makeRunDirectory('reproduce', args.out as string);
    const { name: fastBackend } = await useBackend('wasm').catch(() => useBackend('cpu'));
    const { name: backend } = await useBackend(args.backend as BackendName | 'auto');
    output.say(`backend: ${backend}; document 000's experiments on ${fastBackend}`);
    const workers = createWorkers((done, asked) => output.progress.update(task, done, asked));
    const { progress, data, dataDir, cacheDir } = request;
    try {
      const report = await reproduce(names, {
        ...workers,
        backend,
        fastBackend,
        data: { data, dataDir, cacheDir },
        missingData: (dataset) => missingData(dataset, request),
      });
      progress.finish(task);
      if (out) await savePlots(report, out);
      const counts = totals(report.rows);
      const { rows, findings, measurements, plots } = report;
      output.result(
        formatReport(report),
        {
          rows,
          ...counts,
          findings,
          measurements,
          backend,
          plots: out ? plots.map(({ name }) => `${name}.svg`) : [],
        },
        { verdicts: true },
      );
      if (!isReproduced(report)) process.exitCode = 1;
    } finally {
      progress.finish(task);
      await workers.close();
    }
  },
};
export default command;
