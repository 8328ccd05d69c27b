/**
 * One self-contained page: style, script and font are in it, and it may load nothing.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { packageRoot } from '../../node/package-root.ts';
import { html, trusted, type Html } from './html.ts';

/** `assets/` is beside `package.json`, in a checkout and when installed. */
const asset = (name: string): Promise<Buffer> => readFile(new URL(`assets/${name}`, packageRoot));

export async function page(title: string, body: Html): Promise<string> {
  const [style, script, font] = await Promise.all([
    asset('report/style.css'),
    asset('report/chart.js'),
    asset('fonts/DejaVuSans-report.woff2'),
  ]);
  const code = script.toString();
  // The browser runs this script and no other, should anything ever get past the escaping.
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
          ${trusted(fontFace)}${trusted(style.toString())}
        </style>
      </head>
      <body>
        <main>${body}</main>
        ${trusted(`<script>${code}</script>`)}
      </body>
    </html> `.text;
}
