/**
 * What a convolutional network makes of one picture: the picture, and below it the maps of each layer.
 */
import { drawChart } from './echarts.ts';
import { pngAddress, rasterPng } from './raster.ts';
import { largestUsual, tiled, type Tiles } from './tiles.ts';

export interface MapsOfLayer extends Tiles {
  name: string;
}

const mostMaps = 64;
const columnsAtMost = 16;
const width = 880;
const margin = 20;
const lineHeight = 34;

/** An SVG. @param input the picture itself, a layer of one map */
export async function drawFeatureMaps(
  title: string,
  input: MapsOfLayer,
  layers: MapsOfLayer[],
): Promise<string> {
  const graphic: unknown[] = [];
  let top = 44;
  for (const layer of [input, ...layers]) {
    const tiles = Math.min(layer.units, mostMaps);
    const columns = Math.min(tiles, columnsAtMost);
    const raster = tiled(layer, { tiles, columns, limit: largestUsual(layer.values) });
    const scale = Math.min(layer.units === 1 ? 4 : 12, (width - 2 * margin) / raster.width);
    const [wide, high] = [raster.width * scale, raster.height * scale];
    const image = pngAddress(await rasterPng(raster, { width: wide, height: high }));
    const many =
      layer.units === 1 ? '' : `${tiles < layer.units ? `${tiles} of ` : ''}${layer.units} maps of `;
    graphic.push(
      {
        type: 'text',
        style: {
          text: `${layer.name}: ${many}${layer.height}×${layer.width}`,
          x: margin,
          y: top + 10,
          fontSize: 13,
          fill: '#333333',
        },
      },
      { type: 'image', style: { image, x: margin, y: top + lineHeight, width: wide, height: high } },
    );
    top += lineHeight + high + 8;
  }
  return drawChart(
    {
      title: { text: title, left: margin, top: 10, padding: 0, textStyle: { fontSize: 16 } },
      graphic: graphic as never,
    },
    width,
    Math.ceil(top) + margin,
  );
}
