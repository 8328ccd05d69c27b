/**
 * Weights that belong to pixels, as pictures: blue where a bright pixel speaks against, orange where it speaks for.
 */
import { drawChart, imageIn, textAt } from './echarts.ts';
import { colorStrip, colorLimit, pngAddress, rasterPng, tiled, type Tiles } from './raster.ts';

export interface PixelWeights extends Tiles {
  title: string;
  /** What the units are, in the plural. */
  unitsAre: 'hidden units' | 'filters';
}

/** More units are too small to see; the first ones are shown. */
const maxUnits = 128;
/** Of a weight's square, in points. */
const maxSquare = 12;

/** An SVG with one tile per unit, or per color channel where there is one unit. */
export async function drawWeights(weights: PixelWeights): Promise<string> {
  const { title, units, channels } = weights;
  const perChannel = units === 1 && channels === 3;
  const tiles = perChannel ? 3 : Math.min(units, maxUnits);
  const columns = perChannel ? 3 : Math.min(tiles, 16);
  const limit = colorLimit(weights.values);
  const raster = tiled(weights, { tiles, columns, perChannel, limit });
  const scale = Math.min(maxSquare, Math.max(1, Math.round(860 / raster.width)));
  const [wide, high] = [raster.width * scale, raster.height * scale];
  const total = { width: Math.max(480, wide + 40), height: high + 132 };
  const left = (total.width - wide) / 2;
  const middle = total.width / 2;
  const [stripTop, strip] = [high + 92, { width: 240, height: 12 }];
  return drawChart(
    {
      title: {
        text: title,
        subtext: describe(weights, tiles, perChannel),
        left: 'center',
        top: 8,
        textStyle: { fontSize: 16 },
        subtextStyle: { fontSize: 12, color: '#333333' },
      },
      graphic: [
        imageIn(
          { left, top: 62, width: wide, height: high },
          pngAddress(await rasterPng(raster, { width: wide, height: high })),
        ),
        ...(perChannel
          ? ['red', 'green', 'blue'].map((name, i) =>
              textAt(name, left + wide * ((i + 0.5) / 3), high + 66, 'center'),
            )
          : []),
        imageIn(
          { left: middle - 120, top: stripTop, ...strip },
          pngAddress(await rasterPng(colorStrip(120), strip)),
        ),
        textAt(`−${limit.toPrecision(2)}`, middle - 128, stripTop, 'right'),
        textAt(`${limit.toPrecision(2)} per unit of brightness`, middle + 128, stripTop),
      ] as never,
    },
    total.width,
    total.height,
  );
}

function describe({ units, unitsAre }: PixelWeights, tiles: number, perChannel: boolean): string {
  if (perChannel) return 'one weight for each pixel and color';
  if (units === 1) return 'one weight for each pixel';
  return tiles < units ? `the first ${tiles} of ${units} ${unitsAre}` : `all ${units} ${unitsAre}`;
}

export interface MapsOfLayer extends Tiles {
  name: string;
}

const maxMaps = 64;
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
    const tiles = Math.min(layer.units, maxMaps);
    const columns = Math.min(tiles, columnsAtMost);
    const raster = tiled(layer, { tiles, columns, limit: colorLimit(layer.values) });
    const scale = Math.min(layer.units === 1 ? 4 : 12, (width - 2 * margin) / raster.width);
    const [wide, high] = [raster.width * scale, raster.height * scale];
    const image = pngAddress(await rasterPng(raster, { width: wide, height: high }));
    const many =
      layer.units === 1 ? '' : `${tiles < layer.units ? `${tiles} of ` : ''}${layer.units} maps of `;
    graphic.push(
      textAt(`${layer.name}: ${many}${layer.height}×${layer.width}`, margin, top + 10),
      imageIn({ left: margin, top: top + lineHeight, width: wide, height: high }, image),
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
