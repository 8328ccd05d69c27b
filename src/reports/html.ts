/**
 * HTML from templates: whatever is put into one is escaped, unless it is HTML that another template made.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { packageRoot } from '../node/environment.ts';
import { type HeatMap, shareOf } from './pictures/heat-map.ts';

/** HTML that may stand as it is. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Html | string | number | undefined | false | Piece[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string =>
  // Control characters are no part of HTML.
  text.replace(/[^\P{Cc}\n\t]/gu, '�').replace(/[&<>"']/g, (sign) => entities[sign]);

function textOf(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (Array.isArray(piece)) return piece.map(textOf).join('');
  return piece === undefined || piece === false ? '' : escaped(String(piece));
}

/** `html\`<p>${anything}</p>\`` */
export const html = (parts: TemplateStringsArray, ...pieces: Piece[]): Html =>
  new Html(parts.map((part, i) => part + textOf(pieces[i])).join(''));

/** Text of our own that is HTML, a script or a style already. Never data. */
export const trusted = (text: string): Html => new Html(text);

/** JSON inside a `<script>` that is not run: no part of it can end the element. */
export const embeddedJson = (value: unknown): Html =>
  new Html(
    JSON.stringify(value)
      .replace(/</g, '\\u003c')
      .replace(/\u2028|\u2029/g, ' '),
  );

/** A number with its full value beside what is shown of it. @param path where it stands in run.json */
export const figure = (path: string, value: number, text: string): Html =>
  html`<data data-figure="${path}" value="${String(value)}">${text}</data>`;

export const short = (value: number): string => (Number.isFinite(value) ? value.toPrecision(5) : '—');
export const png = (content: Uint8Array, description: string, kind = ''): Html =>
  html`<img
    class="${kind}"
    alt="${description}"
    src="data:image/png;base64,${Buffer.from(content).toString('base64')}"
  />`;

const uPlotFile = (name: string): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve(`uplot/dist/${name}`));

/** `assets/` is beside `package.json`, in a checkout and when installed. */
const asset = (name: string): Promise<Buffer> => readFile(new URL(`assets/${name}`, packageRoot));

export async function page(title: string, body: Html): Promise<string> {
  const [uPlotStyle, style, uPlot, chart, font] = await Promise.all([
    uPlotFile('uPlot.min.css'),
    asset('report/style.css'),
    uPlotFile('uPlot.iife.min.js'),
    asset('report/chart.js'),
    asset('fonts/DejaVuSans-report.woff2'),
  ]);
  const code = `${uPlot.toString()}\n${chart.toString()}`;
  // The browser runs this script and no other, even if something got past the escaping.
  const hash = createHash('sha256').update(code).digest('base64');
  const policy =
    `default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; ` +
    `script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const fontFace = `@font-face{font-family:"Report";src:url(data:font/woff2;base64,${font.toString('base64')})}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${trusted(fontFace)}${trusted(uPlotStyle.toString())}${trusted(style.toString())}
        </style>
      </head>
      <body>
        <main>${body}</main>
        ${trusted(`<script>${code}</script>`)}
      </body>
    </html> `.text;
}

type Content = Html | string | number | undefined | false;

export interface Cell {
  content: Content;
  /** 0 … 1: how dark its ground is. */
  share?: number;
  /** A class of `style.css`: `best`, `differs`. */
  kind?: string;
  /** Told where the pointer rests. */
  note?: string;
}

export interface Table {
  caption?: Content;
  kind?: string;
  /** Words stand left, numbers right. */
  columns: (Content | { words: Content })[];
  /** The first cell of each names its row. What there is not is a dash. */
  rows: (Content | Cell)[][];
}

const isCell = (cell: Content | Cell): cell is Cell => typeof cell === 'object' && 'content' in cell;
const isWords = (column: Table['columns'][number]): column is { words: Content } =>
  typeof column === 'object' && 'words' in column;

export function table({ caption, kind, columns, rows }: Table): Html {
  const align = columns.map((column) => (isWords(column) ? 'text' : ''));
  return html`<figure class="table">
    ${caption && html`<figcaption>${caption}</figcaption>`}
    <div class="scroll">
      <table class="${kind ?? ''}">
        <thead>
          <tr>
            ${columns.map(
              (column, i) =>
                html`<th scope="col" class="${align[i]}">${isWords(column) ? column.words : column}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name, ...cells]) =>
              html`<tr>
                <th scope="row">${isCell(name) ? name.content : name}</th>
                ${cells.map((cell, i) => dataCell(cell, align[i + 1]))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </figure>`;
}

function dataCell(cell: Content | Cell, align: string): Html {
  const { content, share, kind = '', note } = isCell(cell) ? cell : ({ content: cell } as Cell);
  const shaded = share !== undefined && 'shaded';
  return html`<td
    class="${[align, kind, shaded].filter(Boolean).join(' ')}"
    ${share !== undefined && html`style="--share:${share.toFixed(3)}"`}
    ${note !== undefined && html`title="${note}"`}
  >
    ${content === undefined || content === false ? '—' : content}
  </td>`;
}

/** Names and values; lists and long words may wrap. */
export const definitionTable = (rows: [name: string, value: Exclude<Content, false> | boolean][]): Html =>
  html`<table>
    ${rows
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="text wrap">${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}</td>
          </tr>`,
      )}
  </table>`;

export function heatTable(map: HeatMap): Html {
  const { title, rowName, columnName, rows, columns, cells } = map;
  const share = shareOf(map);
  return table({
    caption: title,
    kind: 'matrix',
    columns: [[rowName, columnName].filter(Boolean).join(' ↓, ') + (columnName && ' →'), ...columns],
    rows: rows.map((name, y) => [
      name,
      ...cells[y].map((cell) =>
        typeof cell === 'number' ? { content: cell.toFixed(2), share: share(cell) } : cell,
      ),
    ]),
  });
}
