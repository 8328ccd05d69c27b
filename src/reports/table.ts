/**
 * The tables of all pages.
 */
import { shareOf, type HeatMap } from './pictures/heat-map.ts';
import { html, Html } from './html.ts';

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
