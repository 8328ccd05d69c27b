/**
 * Charts as SVG, drawn by ECharts without a browser.
 */
import type * as ECharts from 'echarts';
import { fontFamily } from './picture.ts';

/** Okabe & Ito's colours, which colour-blind readers can tell apart. */
export const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];

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
