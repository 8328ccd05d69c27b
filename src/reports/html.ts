/**
 * HTML from templates: whatever is put into one is escaped, unless it is HTML that another template made.
 */

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
