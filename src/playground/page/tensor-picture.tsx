/** A tensor drawn as what it is: numbers, bars, a heat map, an image, feature or attention maps, characters. */
import type { DataCard, GraphNode } from '../messages.ts';
import { colorOf, inPixels, paint, pairOn, short, useCanvas } from './display.tsx';

interface Grid<K extends string> {
  kind: K;
  rows: number;
  columns: number;
}

export type Form = Grid<'numbers'> | Grid<'bars'> | Grid<'heat'> | Grid<'characters'> | Maps;

/** Pictures side by side; those of more than `maxMaps` are left out. */
interface Maps {
  kind: 'maps';
  count: number;
  of: number;
  height: number;
  width: number;
  /** Where a pixel of a picture is in the values. */
  at: (map: number, pixel: number) => number;
  /** Pixels rather than signed numbers: drawn in the color of the text. */
  isInk?: boolean;
}

const maxMaps = 16;
const maxNumbers = { rows: 4, columns: 4 };
const maxBars = 16;
const maxCharacters = { rows: 6, columns: 16 };

/** How a node's value and its gradient are drawn. */
export function formOf({ kind, shape }: Pick<GraphNode, 'kind' | 'shape'>, data: DataCard): Form {
  const size = shape.reduce((product, length) => product * length, 1);
  const columns = shape.at(-1) ?? 1;
  const rows = size / columns;
  const isTokens = data.kind === 'tokens';
  if (isTokens && (kind === 'input' || kind === 'target')) {
    return { kind: 'characters', rows, columns };
  }
  const side = Math.sqrt(data.features);
  const maps = (all: number, height: number, width: number, at: Maps['at'], isInk = false): Maps => {
    return { kind: 'maps', count: Math.min(all, maxMaps), of: all, height, width, at, isInk };
  };
  if (data.kind === 'image' && Number.isInteger(side)) {
    if (kind === 'input')
      return maps(size / data.features, side, side, (map, pixel) => map * data.features + pixel, true);
    if (kind === 'parameter' && shape.length === 2 && rows === data.features) {
      return maps(columns, side, side, (map, pixel) => pixel * columns + map);
    }
  }
  if (shape.length === 4) {
    const [first, second, third, last] = shape;
    if (kind === 'parameter') return maps(last, first, second, (map, pixel) => pixel * third * last + map);
    if (isTokens) return maps(second, third, last, (map, pixel) => map * third * last + pixel);
    return maps(last, second, third, (map, pixel) => pixel * last + map);
  }
  if (rows <= maxNumbers.rows && columns <= maxNumbers.columns) return { kind: 'numbers', rows, columns };
  if (Math.min(rows, columns) === 1 && size <= maxBars) return { kind: 'bars', rows: 1, columns: size };
  return { kind: 'heat', rows, columns };
}

/** The same for numbers with signs, as the gradient of pixels. */
export const signed = (form: Form): Form => (form.kind === 'maps' ? { ...form, isInk: false } : form);

const cell = { width: 54, height: 22 };
const character = 16;
const mapsSide = 112;

/** Width and height of the picture in pixels. */
export function sizeOf(form: Form): { width: number; height: number } {
  if (form.kind === 'numbers') return { width: form.columns * cell.width, height: form.rows * cell.height };
  if (form.kind === 'bars') return { width: Math.max(90, form.columns * 13), height: 52 };
  if (form.kind === 'characters') {
    return {
      width: Math.min(form.columns, maxCharacters.columns) * character,
      height: Math.min(form.rows, maxCharacters.rows) * 20,
    };
  }
  if (form.kind === 'heat') {
    const scale = Math.min(128 / form.columns, 88 / form.rows, 12);
    return { width: Math.max(20, form.columns * scale), height: Math.max(20, form.rows * scale) };
  }
  const { across, down } = gridOf(form);
  const scale = Math.min(mapsSide / (across * (form.width + 1)), mapsSide / (down * (form.height + 1)), 12);
  return { width: across * (form.width + 1) * scale, height: down * (form.height + 1) * scale };
}

const gridOf = ({ count }: Maps) => {
  const across = Math.ceil(Math.sqrt(count));
  return { across, down: Math.ceil(count / across) };
};

interface PictureProps {
  form: Form;
  values: Float64Array;
  /** What it shows, for those who do not see it. */
  label: string;
  alphabet?: string[];
}

export function TensorPicture({ form, values, label, alphabet }: PictureProps) {
  if (form.kind === 'numbers') return <Numbers {...{ form, values }} />;
  if (form.kind === 'characters') return <Characters {...{ form, values, alphabet }} />;
  if (form.kind === 'bars') return <Bars {...{ form, values, label }} />;
  return <Painted {...{ form, values, label }} />;
}

/** The largest absolute value, by which colors are scaled. */
export const largestOf = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** @param share of the largest, −1 … 1 */
export const tint = (share: number): string =>
  `color-mix(in srgb, var(${share < 0 ? '--blue' : '--orange'}) ${Math.round(34 * Math.abs(share)) || 0}%, transparent)`;

function Numbers({ form: { rows, columns }, values }: { form: Grid<string>; values: Float64Array }) {
  const most = largestOf(values) || 1;
  return (
    <span class="numbers-picture" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {Array.from(values.subarray(0, rows * columns), (value, i) => (
        <span key={i} title={String(value)} style={{ background: tint(value / most) }}>
          {brief(value)}
        </span>
      ))}
    </span>
  );
}

/** At most seven characters, which fit into a cell. */
function brief(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-3 || size < 1e-4) return short(value, size < 0.01 ? 2 : 3);
  return value.toExponential(1).replaceAll('-', '−');
}

function Characters({
  form: { rows, columns },
  values,
  alphabet = [],
}: { form: Grid<string> } & Pick<PictureProps, 'values' | 'alphabet'>) {
  const [height, width] = [Math.min(rows, maxCharacters.rows), Math.min(columns, maxCharacters.columns)];
  return (
    <span class="characters">
      {Array.from({ length: height }, (_, row) => (
        <span key={row}>
          {Array.from({ length: width }, (_, column) => {
            const token = values[row * columns + column];
            return <span key={column}>{token < 0 ? '·' : shown(alphabet[token] ?? '')}</span>;
          })}
        </span>
      ))}
    </span>
  );
}

const shown = (text: string): string => ({ '\n': '↵', ' ': '␣', '': '⊣' })[text] ?? text;

function Bars({
  form: { columns },
  values,
  label,
}: { form: Grid<string> } & Pick<PictureProps, 'values' | 'label'>) {
  const { width, height } = sizeOf({ kind: 'bars', rows: 1, columns });
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const scale = (height - 2) / (high - low || 1);
  const zero = 1 + high * scale;
  const step = width / columns;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      {Array.from(values, (value, i) => (
        <rect
          key={i}
          class={value < 0 ? 'below' : 'above'}
          x={i * step + step * 0.12}
          width={step * 0.76}
          y={value < 0 ? zero : zero - value * scale}
          height={Math.max(0.6, Math.abs(value) * scale)}
        >
          <title>{`${i + 1}: ${value}`}</title>
        </rect>
      ))}
      <line x1={0} x2={width} y1={zero} y2={zero} />
    </svg>
  );
}

/** Heat maps and images: one pixel a number, scaled by the browser. */
function Painted({ form, values, label }: { form: Form } & Pick<PictureProps, 'values' | 'label'>) {
  const isMaps = form.kind === 'maps';
  const { across, down } = isMaps ? gridOf(form) : { across: 1, down: 1 };
  const width = isMaps ? across * (form.width + 1) - 1 : form.columns;
  const height = isMaps ? down * (form.height + 1) - 1 : form.rows;
  const canvas = useCanvas(
    (context) => {
      const picture = new ImageData(width, height);
      const [below, above] = pairOn(context.canvas);
      const dot = (at: number, value: number, most: number) =>
        paint(picture, at, value < 0 ? below : above, Math.abs(value) / most);
      if (!isMaps) {
        const most = largestOf(values) || 1;
        values.forEach((value, i) => dot(i, value, most));
      } else {
        const ink = form.isInk ? colorOf(context.canvas) : undefined;
        for (let map = 0; map < form.count; map++) {
          const [left, top] = [
            (map % across) * (form.width + 1),
            Math.floor(map / across) * (form.height + 1),
          ];
          const pixels = Array.from(
            { length: form.height * form.width },
            (_, pixel) => values[form.at(map, pixel)],
          );
          const most = pixels.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0) || 1;
          pixels.forEach((value, pixel) => {
            const at = (top + Math.floor(pixel / form.width)) * width + left + (pixel % form.width);
            if (ink) paint(picture, at, ink, value / most);
            else dot(at, value, most);
          });
        }
      }
      context.putImageData(picture, 0, 0);
    },
    [values, width, height],
  );
  const size = sizeOf(form);
  return <canvas ref={canvas} {...{ width, height }} style={inPixels(size)} role="img" aria-label={label} />;
}
