/** Tensors as colored tables (of large ones a corner) or images, and the pictures of a network. */
import { useEffect, useRef } from 'preact/hooks';
import type { DataCard, Seen, View } from '../messages.ts';
import {
  classColors,
  colorOf,
  paint,
  pairOn,
  type PartProps,
  percent,
  short,
  TableDetails,
} from './display.tsx';
import { NetworkPicture } from './network.tsx';

const most = { rows: 6, columns: 8 };

export function Matrix({ tensor: { name, shape, values }, say }: { tensor: Seen; say: PartProps['say'] }) {
  const columns = shape.length === 0 ? 1 : shape.at(-1)!;
  const rows = values.length / columns;
  const largest = values.reduce((sum, value) => Math.max(sum, Math.abs(value)), 1e-300);
  const shown = Math.min(rows, most.rows);
  const isCut = rows > most.rows || columns > most.columns;
  const side = Math.sqrt(columns);
  const picture = name === 'x' && columns > 100 && Number.isInteger(side);
  if (picture) {
    const tiles = { count: rows, height: side, width: side, values: Float32Array.from(values) };
    return <Tiles tiles={tiles} label={name} isInk />;
  }
  return (
    <div class="matrix" tabIndex={0} role="group" aria-label={`${name} [${shape.join(', ')}]`}>
      <table>
        <tbody>
          {Array.from({ length: shown }, (_, row) => (
            <tr key={row}>
              {Array.from(
                values.subarray(row * columns, row * columns + Math.min(columns, most.columns)),
                (value, i) => (
                  <td key={i} title={String(value)} style={tint(value / largest)}>
                    {short(value)}
                  </td>
                ),
              )}
              {columns > most.columns && <td class="more">…</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {isCut && <small>{say('inside.of', { rows, columns })}</small>}
    </div>
  );
}

/** @param share of the largest, −1 … 1 */
const tint = (share: number) => ({
  background: `color-mix(in srgb, var(${share < 0 ? '--blue' : '--orange'}) ${Math.round(30 * Math.abs(share))}%, transparent)`,
});

export function Pictures({ zoo, state, say }: PartProps) {
  const { surface, tiles, network } = state.view ?? {};
  const { data } = state.opened!;
  if (!surface && !tiles && !network) return null;
  return (
    <div class="panel pictures">
      {surface && (
        <figure>
          <figcaption>{say('picture.surface')}</figcaption>
          <Surface
            {...{ surface, data }}
            label={say('picture.surface')}
            onPoint={(input) => zoo.point(input)}
          />
          <p class="hint">{say('picture.surfaceHint')}</p>
          <SurfaceTable {...{ surface, data, say }} />
        </figure>
      )}
      {network && (
        <figure>
          <figcaption>{say('picture.network')}</figcaption>
          <NetworkPicture {...{ network, say }} />
          <p class="hint">{say('picture.networkHint')}</p>
        </figure>
      )}
      {tiles && (
        <figure>
          <figcaption>{say('picture.tiles')}</figcaption>
          <Tiles tiles={tiles} label={say('picture.tiles')} />
          <p class="hint">{say('picture.tilesHint')}</p>
        </figure>
      )}
    </div>
  );
}

interface SurfaceProps {
  surface: NonNullable<View['surface']>;
  data: DataCard;
  label: string;
  onPoint: (input?: Float64Array) => void;
}

const pixels = 480;

function Surface({ surface, data, label, onPoint }: SurfaceProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { side, from, to, classes, sure } = surface;
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const colors = classColors(data.classNames.length, canvas.current!);
    const picture = new ImageData(side, side);
    for (let i = 0; i < side * side; i++) {
      // The lowest x₂ stands at the bottom.
      const at = (side - 1 - Math.floor(i / side)) * side + (i % side);
      const least = 1 / data.classNames.length;
      paint(picture, at, colors[classes[i]], 0.08 + (0.6 * (sure[i] - least)) / (1 - least));
    }
    context.clearRect(0, 0, pixels, pixels);
    const small = new OffscreenCanvas(side, side);
    small.getContext('2d')!.putImageData(picture, 0, 0);
    context.drawImage(small, 0, 0, pixels, pixels);
    const { inputs, labels } = data.sample;
    const radius = labels.length < 20 ? 12 : 4;
    labels.forEach((label, row) => {
      const x = ((inputs[2 * row] - from[0]) / (to[0] - from[0])) * pixels;
      const y = pixels - ((inputs[2 * row + 1] - from[1]) / (to[1] - from[1])) * pixels;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = `rgb(${colors[label].join()})`;
      context.fill();
      context.lineWidth = radius / 3;
      context.strokeStyle = 'white';
      context.stroke();
    });
  }, [surface, data]);
  const point = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const x = from[0] + ((event.clientX - box.left) / box.width) * (to[0] - from[0]);
    const y = to[1] - ((event.clientY - box.top) / box.height) * (to[1] - from[1]);
    onPoint(Float64Array.of(x, y));
  };
  return (
    <canvas
      ref={canvas}
      class="surface"
      width={pixels}
      height={pixels}
      role="img"
      aria-label={label}
      onPointerMove={point}
      onPointerLeave={() => onPoint()}
    />
  );
}

/** The same as a table: predictions at five times five points. */
function SurfaceTable({
  surface,
  data,
  say,
}: Pick<SurfaceProps, 'surface' | 'data'> & Pick<PartProps, 'say'>) {
  const { side, from, to, classes, sure } = surface;
  const steps = [0, 1, 2, 3, 4].map((k) => Math.round((k / 4) * (side - 1)));
  const place = (k: number, axis: 0 | 1) => short(from[axis] + ((k + 0.5) / side) * (to[axis] - from[axis]));
  const rows = steps.flatMap((y) =>
    steps.map((x) => [
      `${place(x, 0)}, ${place(y, 1)}`,
      data.classNames[classes[y * side + x]],
      percent(sure[y * side + x]),
    ]),
  );
  const columns = [say('picture.input'), say('picture.answer'), say('picture.sure')];
  return <TableDetails summary={say('chart.table')} {...{ columns, rows }} />;
}

interface TilesProps {
  tiles: NonNullable<View['tiles']>;
  label: string;
  /** Pixels rather than weights: drawn in the color of the text. */
  isInk?: boolean;
}

/** Images side by side, each scaled by its largest weight. */
export function Tiles({ tiles, label, isInk }: TilesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { count, height, width, values } = tiles;
  const columns = Math.min(count, count > 64 ? 16 : count > 10 ? 8 : 5);
  const rows = Math.ceil(count / columns);
  const [gap, size] = [2, { width: columns * (width + 2) - 2, height: rows * (height + 2) - 2 }];
  useEffect(() => {
    const picture = new ImageData(size.width, size.height);
    const [below, above] = pairOn(canvas.current!);
    const ink = isInk ? colorOf(canvas.current!) : undefined;
    for (let tile = 0; tile < count; tile++) {
      const one = values.subarray(tile * height * width, (tile + 1) * height * width);
      let most = 1e-12;
      for (const value of one) most = Math.max(most, Math.abs(value));
      const [left, top] = [(tile % columns) * (width + gap), Math.floor(tile / columns) * (height + gap)];
      for (let i = 0; i < one.length; i++) {
        const at = (top + Math.floor(i / width)) * size.width + left + (i % width);
        paint(picture, at, ink ?? (one[i] < 0 ? below : above), Math.abs(one[i]) / most);
      }
    }
    canvas.current!.getContext('2d')!.putImageData(picture, 0, 0);
  }, [tiles]);
  return (
    <canvas
      ref={canvas}
      class="tiles"
      width={size.width}
      height={size.height}
      role="img"
      aria-label={label}
    />
  );
}
