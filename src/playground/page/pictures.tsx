/** The answers of a network: the plane, filters, generated texts, predictions of a regression. */
import type { DataCard, View } from '../messages.ts';
import {
  classColors,
  colorOf,
  paint,
  pairOn,
  classVariable,
  type PartProps,
  percent,
  short,
  TableDetails,
  useCanvas,
} from './display.tsx';

export function Pictures({ zoo, state, say }: PartProps) {
  const { surface, tiles, samples, sampledAt, predicted } = state.view ?? {};
  const { data } = state.opened!;
  if (!surface && !tiles && !samples && !predicted) return null;
  return (
    <div class="pictures">
      {surface && (
        <figure class="panel">
          <figcaption>{say('picture.surface')}</figcaption>
          <Surface
            {...{ surface, data }}
            label={say('picture.surface')}
            onPoint={(input) => zoo.point(input)}
          />
          <Legend classNames={data.classNames} />
          <p class="hint">{say('picture.surfaceHint')}</p>
          <SurfaceTable {...{ surface, data, say }} />
        </figure>
      )}
      {tiles && (
        <figure class="panel">
          <figcaption>{say(tiles.height < 10 ? 'picture.filters' : 'picture.tiles')}</figcaption>
          <Tiles tiles={tiles} label={say('picture.tiles')} />
          <p class="hint">{say('picture.tilesHint')}</p>
        </figure>
      )}
      {predicted && <Predicted {...{ predicted, say }} />}
      {samples && (
        <figure class="panel samples">
          <figcaption>{say('picture.samples', { step: sampledAt ?? 0 })}</figcaption>
          <ul>
            {samples.map((text, i) => (
              <li key={i}>
                <code>{text || '∅'}</code>
              </li>
            ))}
          </ul>
        </figure>
      )}
    </div>
  );
}

const scatter = { side: 320, left: 64, bottom: 34, top: 8, right: 12 };

/** Of a regression: a dot for each row, on the line where the prediction is right. */
function Predicted({
  predicted,
  say,
}: { predicted: NonNullable<View['predicted']> } & Pick<PartProps, 'say'>) {
  const { side, left, bottom, top, right } = scatter;
  const all = [...predicted.true, ...predicted.predicted].filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const at = (value: number) => (value - low) / (high - low || 1);
  const x = (value: number) => left + at(value) * (side - left - right);
  const y = (value: number) => side - bottom - at(value) * (side - top - bottom);
  return (
    <figure class="panel">
      <figcaption>{say('picture.predicted')}</figcaption>
      <svg class="scatter" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={say('picture.predicted')}>
        {ticksIn(low, high).map((value) => (
          <g key={value}>
            <text x={x(value)} y={side - bottom + 14} text-anchor="middle">
              {short(value)}
            </text>
            <text x={left - 6} y={y(value) + 4} text-anchor="end">
              {short(value)}
            </text>
          </g>
        ))}
        <line x1={x(low)} y1={y(low)} x2={x(high)} y2={y(high)} />
        {Array.from(predicted.true, (value, i) => (
          <circle key={i} cx={x(value)} cy={y(predicted.predicted[i])} r={3} />
        ))}
        <text x={(side + left) / 2} y={side - 4} text-anchor="middle">
          {say('picture.true')}
        </text>
        <text x={-(side - bottom) / 2} y={10} text-anchor="middle" transform="rotate(-90)">
          {say('picture.prediction')}
        </text>
      </svg>
    </figure>
  );
}

/** The color of each class. */
function Legend({ classNames }: { classNames: string[] }) {
  return (
    <ul class="legend">
      {classNames.map((name, i) => (
        <li key={name}>
          <span class="swatch" style={{ background: classVariable(i) }} />
          {name}
        </li>
      ))}
    </ul>
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
  const { side, from, to, classes, sure } = surface;
  const canvas = useCanvas(
    (context) => {
      const colors = classColors(data.classNames.length, context.canvas);
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
    },
    [surface, data],
  );
  const point = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const x = from[0] + ((event.clientX - box.left) / box.width) * (to[0] - from[0]);
    const y = to[1] - ((event.clientY - box.top) / box.height) * (to[1] - from[1]);
    onPoint(Float64Array.of(x, y));
  };
  const along = (axis: 0 | 1) =>
    ticksIn(from[axis], to[axis]).map((value) => {
      const share = `${(100 * (value - from[axis])) / (to[axis] - from[axis])}%`;
      return (
        <span key={value} style={axis === 0 ? { left: share } : { bottom: share }}>
          {short(value)}
        </span>
      );
    });
  return (
    <div class="plane">
      <span class="axis-name">x₂</span>
      <div class="axis vertical">{along(1)}</div>
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
      <div class="axis horizontal">{along(0)}</div>
      <span class="axis-name horizontal">x₁</span>
    </div>
  );
}

/** Round numbers between two bounds, about five. */
export function ticksIn(from: number, to: number): number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough)!;
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  return Array.from({ length: count }, (_, k) => Number(((first + k) * step).toPrecision(12)));
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
  const { count, height, width, values } = tiles;
  const columns = Math.min(count, count > 64 ? 16 : count > 10 ? 8 : 5);
  const rows = Math.ceil(count / columns);
  const [gap, size] = [2, { width: columns * (width + 2) - 2, height: rows * (height + 2) - 2 }];
  const canvas = useCanvas(
    (context) => {
      const picture = new ImageData(size.width, size.height);
      const [below, above] = pairOn(context.canvas);
      const ink = isInk ? colorOf(context.canvas) : undefined;
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
      context.putImageData(picture, 0, 0);
    },
    [tiles],
  );
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
