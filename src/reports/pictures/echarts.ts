/**
 * From an SVG drawing to a PNG, with letters that look the same on every machine.
 */
import type * as ECharts from 'echarts';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../node/environment.ts';
import { colors } from './chart.ts';

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

export async function drawChart(option: ECharts.EChartsOption, width = 900, height = 460): Promise<string> {
  // One minified file: the package's usual entry is hundreds of modules and loads five times as long.
  const minified = 'echarts/dist/echarts.esm.min';
  const echarts = (await import(minified)) as typeof ECharts;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      color: colors,
      textStyle: { fontFamily },
      ...option,
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose(); // else its timers keep the process alive
  }
}

export const titled = (text: string) => ({ text, left: 'center', top: 8, textStyle: { fontSize: 16 } });

/** What every axis has: its name along its middle, so far from the line. */
export const named = (name: string, nameGap: number) => ({
  name,
  nameGap,
  nameLocation: 'middle' as const,
  nameTextStyle: { fontSize: 13, color: '#333333' },
  axisLabel: { fontSize: 12 },
});

/** Text beside the axes. */
export const textAt = (text: string, x: number, y: number, align = 'left', fontSize = 13) => ({
  ...{ type: 'text', silent: true },
  style: { text, x, y, fontSize, fill: '#333333', align },
});

export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** @param image its address @param z below 0: behind the axes */
export const imageIn = ({ left: x, top: y, ...size }: Area, image: string, z = 0) => ({
  ...{ type: 'image', silent: true, z },
  style: { image, x, y, ...size },
});
