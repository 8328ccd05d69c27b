/**
 * Drawings as SVG, by ECharts without a browser.
 */
import type * as ECharts from 'echarts';
import { colours } from './chart.ts';
import { fontFamily } from './picture.ts';

export async function drawChart(option: ECharts.EChartsOption, width = 900, height = 460): Promise<string> {
  // One minified file: the package's usual entry is hundreds of modules and loads five times as long.
  const minified = 'echarts/dist/echarts.esm.min';
  const echarts = (await import(minified)) as typeof ECharts;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      color: colours,
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
