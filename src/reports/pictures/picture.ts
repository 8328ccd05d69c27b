/**
 * From an SVG drawing to a PNG, with letters that look the same on every machine.
 */
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../node/package-root.ts';

/** The font that ships with the project; machines without fonts would draw boxes. */
export const fontFamily = 'DejaVu Sans';

/** PNG of an SVG, at twice its size for sharp screens unless told otherwise. */
export async function toPng(svg: string, scale = 2): Promise<Buffer> {
  // Must be set before the first letter is drawn: sharp reads its font configuration once.
  process.env.FONTCONFIG_FILE ??= fileURLToPath(new URL('assets/fonts/fonts.conf', packageRoot));
  const { default: sharp } = await import('sharp');
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}
