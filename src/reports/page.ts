/**
 * One self-contained page: style, scripts and font are inlined, and it loads nothing.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { packageRoot } from '../node/package-root.ts';
import { html, trusted, type Html } from './html.ts';

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
