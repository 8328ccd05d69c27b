/**
 * compare.html: several runs on one page that needs nothing else.
 */
import { access } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { sanitizeForTerminal, counted, percent } from '../utils/text.ts';
import type { EpochRecord } from '../training/types.ts';
import { readLimited } from '../node/files.ts';
import type { Comparison, ComparedRun } from '../weights/comparison.ts';
import { titleOf } from '../weights/run-record.ts';
import type { Axis } from './pictures/chart.ts';
import { historyPoints, timeAxis } from './pictures/line-chart.ts';
import { pictureNames, reportName } from './pictures/run-pictures.ts';
import { chart, swatch, type InteractiveChart } from './chart.ts';
import { figure, html, png, short, type Html, page, table } from './html.ts';
import { timePoints } from './sections.ts';

/** @param out where the page will stand: reports of the runs are linked from there */
export async function compareReport(comparison: Comparison, out: string): Promise<string> {
  const { runs } = comparison;
  const models = [...new Set(runs.map(({ run }) => titleOf(run.model, run.options)))];
  const title = `${counted(runs.length, 'run')} of ${models.join(', ')}`;
  return page(
    title,
    html`<h1>${title}</h1>
      <h2>Scores</h2>
      ${await scores(runs, out)}
      <h2>Learning curves</h2>
      ${curves(runs)}
      <h2>Settings</h2>
      ${settings(comparison)} ${await pictures(runs)}`,
  );
}

interface Column {
  name: string;
  path: string[];
  text: (value: number) => string;
  /** What is best among runs on the same rows. Losses include each model's regularizer: they are not ranked. */
  best?: (...values: number[]) => number;
}

const columns: Column[] = [
  { name: 'training accuracy', path: ['metrics', 'train', 'accuracy'], text: percent },
  { name: 'validation accuracy', path: ['metrics', 'validation', 'accuracy'], text: percent },
  { name: 'test accuracy', path: ['metrics', 'test', 'accuracy'], text: percent, best: Math.max },
  { name: 'test R²', path: ['metrics', 'test', 'r2'], text: short, best: Math.max },
  { name: 'test root mean squared error', path: ['metrics', 'test', 'rmse'], text: short, best: Math.min },
  { name: 'test macro F1', path: ['metrics', 'test', 'macro', 'f1'], text: percent, best: Math.max },
  { name: 'test area under ROC', path: ['metrics', 'test', 'rocAuc'], text: short, best: Math.max },
  { name: 'test log loss', path: ['metrics', 'test', 'logLoss'], text: short, best: Math.min },
  { name: 'test perplexity', path: ['metrics', 'test', 'perplexity'], text: short, best: Math.min },
  { name: 'test loss', path: ['metrics', 'test', 'loss'], text: short },
  { name: 'epochs', path: ['epochs'], text: String },
  { name: 'steps', path: ['steps'], text: String },
  { name: 'seconds', path: ['seconds'], text: (value) => value.toFixed(1) },
];

/** The number at a place of run.json; foreign or old files may lack it. */
function numberAt(tree: unknown, path: string[]): number | undefined {
  const found = path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined,
    tree,
  );
  return typeof found === 'number' ? found : undefined;
}

async function scores(runs: ComparedRun[], out: string): Promise<Html> {
  const shown = columns.filter(({ path }) => runs.some(({ run }) => numberAt(run, path) !== undefined));
  const links = await Promise.all(runs.map((run) => linkTo(run, out)));
  const rowsOf = ({ run }: ComparedRun) => run.dataset.fingerprint;
  const sameRows = (one: ComparedRun) => runs.filter((other) => rowsOf(other) === rowsOf(one));
  const isBest = (one: ComparedRun, { path, best }: Column): boolean => {
    const rivals = sameRows(one).flatMap(({ run }) => numberAt(run, path) ?? []);
    return best !== undefined && rivals.length > 1 && numberAt(one.run, path) === best(...rivals);
  };
  const datasets = new Set(runs.map(rowsOf)).size;
  const ranked = runs.some((run) => sameRows(run).length > 1);
  return table({
    caption:
      (!ranked
        ? 'no two runs were tested on the same rows: they are not ranked'
        : datasets > 1
          ? 'shaded: the best of the runs on the same data'
          : 'shaded: the best of each column') +
      (ranked ? '; losses include each model’s regularizer and are not ranked' : ''),
    columns: [
      'run',
      ...(datasets > 1 ? [{ words: 'data' }] : []),
      ...shown.map(({ name }) => name),
      { words: 'status' },
    ],
    rows: runs.map((compared, i) => {
      const { run, settings } = compared;
      return [
        html`<span class="whole">${swatch(i)}${links[i]}</span>`,
        ...(datasets > 1 ? [`${run.dataset.name} ${settings.data}`] : []),
        ...shown.map((column) => {
          const value = numberAt(run, column.path);
          return {
            content:
              value !== undefined && figure(`${i}.${column.path.join('.')}`, value, column.text(value)),
            kind: isBest(compared, column) ? 'best' : '',
          };
        }),
        `${run.status}${run.dataset.standIn === undefined ? '' : ', synthetic data'}`,
      ];
    }),
  });
}

async function linkTo({ directory, name }: ComparedRun, out: string): Promise<Html> {
  const path = join(directory, reportName);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return html`${name}`;
  const address = relative(dirname(out), path).split(/[\\/]/).map(encodeURIComponent).join('/');
  return html`<a href="${address}">${name}</a>`;
}

function curves(runs: ComparedRun[]): Html {
  const x = timeAxis(runs.map(({ run }) => run.history));
  const of = (
    title: string,
    y: Axis,
    points: (history: EpochRecord[]) => [number, number][],
    extra: Partial<InteractiveChart> = {},
  ) =>
    chart({
      title,
      x,
      y,
      series: runs.map(({ name, run }) => ({ name, points: points(run.history) })),
      ...extra,
    });
  const points =
    (key: Parameters<typeof historyPoints>[1], factor = 1) =>
    (history: EpochRecord[]) =>
      historyPoints(history, key, factor, x.label);
  const logarithmic = { mayBeLogarithmic: true };
  const [loss, accuracy] = [{ label: 'loss' }, { label: 'accuracy in %', max: 100 }];
  return html`<div class="charts">
    ${of('Training loss', loss, points('loss'), logarithmic)}
    ${of('Training accuracy', accuracy, points('accuracy', 100))}
    ${of('Validation loss', loss, points('validationLoss'), logarithmic)}
    ${of('Validation accuracy', accuracy, points('validationAccuracy', 100))}
    ${of(`Time per ${x.label}`, { label: 'milliseconds', min: 0 }, (history) => timePoints(history, x.label), logarithmic)}
  </div>`;
}

function settings({ runs, differing }: Comparison): Html {
  const names = [...new Set([...differing, ...runs.flatMap((run) => Object.keys(run.settings))])];
  return table({
    caption: differing.length > 0 ? 'shaded: what differs' : 'all runs have the same settings',
    columns: ['', ...runs.map(({ name }, i) => ({ words: html`${swatch(i)}${name}` }))],
    rows: names.map((name) => [
      name,
      ...runs.map(({ settings }) => ({
        content: settings[name],
        kind: differing.includes(name) ? 'differs' : '',
      })),
    ]),
  });
}

const maxBytesOfPicture = 3e6;
/** What pictures may take of a page in all; further ones are left to the runs' own reports. */
const maxPictureBytes = 6e6;

async function pictures(runs: ComparedRun[]): Promise<Html | undefined> {
  let room = maxPictureBytes;
  const found: Html[] = [];
  for (const { directory, name } of runs) {
    for (const picture of pictureNames) {
      const bytes = await readLimited(join(directory, `${picture}.png`), maxBytesOfPicture).catch(
        () => undefined,
      );
      if (!bytes || bytes.length > room) continue;
      room -= bytes.length;
      const caption = sanitizeForTerminal(`${name}: ${picture.replace('-', ' ')}`);
      found.push(
        html`<figure>
          <figcaption>${caption}</figcaption>
          ${png(bytes, caption, 'picture')}
        </figure>`,
      );
    }
  }
  return found.length > 0
    ? html`<h2>Pictures</h2>
        <div class="side-by-side">${found}</div>`
    : undefined;
}
