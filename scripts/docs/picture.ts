/**
 * The pictures of the documents: what commands left, or a photograph of a page that they left.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { globSync } from 'tinyglobby';
import { findBrowser, launch } from '../../__tests__/helpers/browser.ts';
import type { Picture } from './page.ts';
import type { Stage } from './stage.ts';

/** Undefined where its command was not run, or there is no browser to take it with. */
export async function drawn(
  { directory }: Stage,
  { source, size, part }: Picture,
): Promise<Uint8Array | undefined> {
  const [name] = globSync(source.replace('…', '*'), { cwd: directory });
  if (name === undefined) return undefined;
  const path = join(directory, name);
  if (!name.endsWith('.html')) return readFile(path);
  const executable = findBrowser();
  if (!executable) return undefined;
  const browser = await launch(executable);
  try {
    const page = await browser.newPage({ viewport: size ?? { width: 980, height: 1200 } });
    await page.goto(pathToFileURL(path).href);
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    const shot = part ? await page.locator(part).first().screenshot() : await page.screenshot();
    return await sharp(shot).png({ palette: true }).toBuffer();
  } finally {
    await browser.close();
  }
}

const shades = (picture: Uint8Array) =>
  sharp(picture).flatten({ background: 'white' }).grayscale().raw().toBuffer({ resolveWithObject: true });

/** The same to the eye: as large, and on average no pixel further than a hundredth from white to black. */
export async function isAlike(one: Uint8Array | undefined, other: Uint8Array): Promise<boolean> {
  if (one === undefined) return false;
  const [a, b] = await Promise.all([shades(one), shades(other)]);
  if (a.info.width !== b.info.width || a.info.height !== b.info.height) return false;
  const sum = a.data.reduce((total, shade, i) => total + Math.abs(shade - b.data[i]), 0);
  return sum / a.data.length < 2.55;
}
