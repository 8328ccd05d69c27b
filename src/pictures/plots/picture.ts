/**
 * From an SVG drawing to a PNG, with letters that look the same on every machine.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../node/package-root.ts';

/** The font that ships with the project; machines without fonts would draw boxes. */
export const fontFamily = 'DejaVu Sans';

const fontDirectory = fileURLToPath(new URL('assets/fonts', packageRoot));

/** Must run before sharp is loaded, which reads its font configuration once. */
function useShippedFont(): void {
  if (process.env.FONTCONFIG_FILE) return;
  const directory = mkdtempSync(join(tmpdir(), 'backprop-zoo-fonts-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'fonts.conf');
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${fontDirectory}</dir>` +
      `<cachedir>${directory}</cachedir></fontconfig>`,
  );
  process.env.FONTCONFIG_FILE = file;
}

/** PNG of an SVG, at twice its size for sharp screens unless told otherwise. */
export async function toPng(svg: string, scale = 2): Promise<Buffer> {
  useShippedFont();
  const { default: sharp } = await import('sharp');
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}
