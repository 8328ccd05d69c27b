import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** What an SVG shows, an element a line: where, how large, in which colors; of a picture in it the digest of its pixels. */
export async function outlineOf(svg: string): Promise<string> {
  const elements = svg.matchAll(/<(svg|rect|path|text|image|circle|line|polyline)\b([^>]*)>([^<]*)/g);
  const lines = await Promise.all(Array.from(elements, ([, name, words, text]) => lineOf(name, words, text)));
  return lines.filter(Boolean).join('\n');
}

const untold =
  /^(?:xmlns.*|xml:.*|version|baseProfile|viewBox|class|ecmeta.*|pointer-events|dominant-baseline)$/;

/** Strokes of axes, ticks and grids, which stand where the labels do. */
const axisLines = new Set(['#dbdee4', '#54555a']);

async function lineOf(name: string, words: string, text: string): Promise<string> {
  const attributes = Array.from(words.matchAll(/([\w:-]+)="([^"]*)"/g), ([, key, value]) => [key, value]);
  const all = Object.fromEntries(attributes) as Record<string, string>;
  if (all['fill-opacity'] === '0' || (all.fill === 'none' && !all.stroke) || axisLines.has(all.stroke))
    return '';
  const told = await Promise.all(
    attributes
      .filter(([key]) => !untold.test(key))
      .map(async ([key, value]) => {
        if (/href$/.test(key)) return `${key}=${await digestOf(value)}`;
        return key === 'style' ? value.replace('font-family:DejaVu Sans;', '') : `${key}=${value}`;
      }),
  );
  return [name, ...told, text.trim()].filter(Boolean).join(' ');
}

/** Of the pixels, not of the file, which another version of a library may pack in another way. */
async function digestOf(address: string): Promise<string> {
  const [kind, content] = address.split(',');
  if (kind !== 'data:image/png;base64') return address;
  const { data, info } = await sharp(Buffer.from(content, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const digest = createHash('sha256').update(data).digest('hex').slice(0, 12);
  return `${info.width}×${info.height}×${info.channels} ${digest}`;
}

/** HTML with a line for each element that holds others, spaces as a browser sees them, digests in place of pictures. */
export async function readableHtml(html: string): Promise<string> {
  const addresses = [...new Set(html.match(/data:image\/png;base64,[^"]*/g))];
  let text = html.replace(/\s+/g, ' ').replace(/> </g, '><');
  for (const address of addresses) text = text.replaceAll(address, await digestOf(address));
  return text.replace(/(<(?:h\d|p|figure|figcaption|tr|thead|tbody|div|table|script|pre)\b)/g, '\n$1').trim();
}
