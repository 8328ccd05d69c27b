/**
 * compare.html: several runs on one page that needs nothing else.
 */
import { access } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Comparison, ComparedRun } from '../../saved/comparison.ts';
import { readLimited } from '../../node/files.ts';
import { printable } from '../../core/printable.ts';
import { reportName } from '../run-pictures.ts';
import { pictureNames } from '../run-pictures.ts';
import type { EpochRecord } from '../../core/training/types.ts';
import { chart, type Chart } from './chart.ts';
import { figure, html, percent, png, short, type Html } from './html.ts';
import { page } from './page.ts';
import { historyPoints, timePoints } from './sections.ts';

/** @param out where the page will stand: reports of the runs are linked from there */
export async function compareReport(comparison: Comparison, out: string): Promise<string> {
  const { runs } = comparison;
  const title = `${runs.length} runs of ${[...new Set(runs.map(({ run }) => run.model))].join(', ')}`;
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

type Column = [
  name: string,
  text: (value: number) => string,
  better: 'more' | 'less' | undefined,
  path: (string | number)[],
];

const columns: Column[] = [
  ['test accuracy', percent, 'more', ['metrics', 'test', 'accuracy']],
  ['test loss', short, 'less', ['metrics', 'test', 'loss']],
  ['macro F1', percent, 'more', ['metrics', 'test', 'macro', 'f1']],
  ['area under ROC', short, 'more', ['metrics', 'test', 'rocAuc']],
  ['training accuracy', percent, 'more', ['metrics', 'train', 'accuracy']],
  ['epochs', String, undefined, ['epochs']],
  ['seconds', (value) => value.toFixed(1), undefined, ['seconds']],
];

/** The number at a place of run.json; files of strangers or of old may lack it. */
function numberAt(tree: unknown, path: (string | number)[]): number | undefined {
  const found = path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined,
    tree,
  );
  return typeof found === 'number' ? found : undefined;
}

async function scores(runs: ComparedRun[], out: string): Promise<Html> {
  const shown = columns
    .map((column) => ({ column, values: runs.map(({ run }) => numberAt(run, column[3])) }))
    .filter(({ values }) => values.some((value) => value !== undefined));
  const links = await Promise.all(runs.map((run) => linkTo(run, out)));
  const bestOf = (values: (number | undefined)[], better: Column[2]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    if (!better || runs.length < 2) return undefined;
    return better === 'more' ? Math.max(...known) : Math.min(...known);
  };
  return html`<div class="scroll">
    <table>
      <caption>
        the best of each column is shaded
      </caption>
      <thead>
        <tr>
          <th scope="col">run</th>
          ${shown.map(({ column: [name] }) => html`<th scope="col">${name}</th>`)}
          <th scope="col" class="text">status</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(
          ({ run }, i) =>
            html`<tr>
              <th scope="row">${links[i]}</th>
              ${shown.map(({ column: [, text, better, path], values }) => {
                const value = values[i];
                if (value === undefined) return html`<td>—</td>`;
                const best = value === bestOf(values, better);
                return html`<td class="${best ? 'best' : ''}">
                  ${figure(`${i}.${path.join('.')}`, value, text(value))}
                </td>`;
              })}
              <td class="text">${run.status}${run.dataset.standIn !== undefined && ', stand-in data'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
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
  const of = (
    title: string,
    label: string,
    points: (history: EpochRecord[]) => [number, number][],
    extra: Partial<Chart> = {},
  ) =>
    chart({
      title,
      x: { label: 'epoch', min: 0, integer: true },
      y: { label },
      series: runs.map(({ name, run }) => ({ name, points: points(run.history) })),
      ...extra,
    });
  const logarithmic = { mayBeLogarithmic: true };
  return html`<div class="side-by-side">
    ${of('Training loss', 'loss', (history) => historyPoints(history, 'loss'), logarithmic)}
    ${of('Training accuracy', 'accuracy in %', (history) => historyPoints(history, 'accuracy', 100))}
    ${of('Validation loss', 'loss', (history) => historyPoints(history, 'validationLoss'), logarithmic)}
    ${of('Validation accuracy', 'accuracy in %', (history) => historyPoints(history, 'validationAccuracy', 100))}
    ${of('Time per epoch', 'milliseconds', timePoints, logarithmic)}
  </div>`;
}

function settings({ runs, differing }: Comparison): Html {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.settings)))];
  const row = (name: string, kind: string) =>
    html`<tr class="${kind}">
      <th scope="row">${name}</th>
      ${runs.map(({ settings }) => html`<td class="text">${settings[name] ?? '—'}</td>`)}
    </tr>`;
  return html`<div class="scroll">
    <table>
      <caption>
        ${differing.length > 0 ? 'shaded: what differs' : 'all runs have the same settings'}
      </caption>
      <thead>
        <tr>
          <th></th>
          ${runs.map(({ name }) => html`<th scope="col" class="text">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${differing.map((name) => row(name, 'differs'))}${names.filter((name) => !differing.includes(name)).map((name) => row(name, ''))}
      </tbody>
    </table>
  </div>`;
}

const largestPicture = 3e6;
/** What pictures may take of a page in all; further ones are left to the runs' own reports. */
const mostPictureBytes = 6e6;

async function pictures(runs: ComparedRun[]): Promise<Html | undefined> {
  let room = mostPictureBytes;
  const found: Html[] = [];
  for (const { directory, name } of runs) {
    for (const picture of pictureNames) {
      const bytes = await readLimited(join(directory, `${picture}.png`), largestPicture).catch(
        () => undefined,
      );
      if (!bytes || bytes.length > room) continue;
      room -= bytes.length;
      const caption = printable(`${name}: ${picture.replace('-', ' ')}`);
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
