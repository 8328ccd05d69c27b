/** How numbers, colors and tables are shown. */
import type { ComponentType } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Say } from '../texts/index.ts';
import type { Playground, State } from './playground.ts';

export interface PartProps {
  zoo: Playground;
  state: State;
  say: Say;
}

/** A part that is drawn anew only when the language or one of these fields of the state changes. */
export const drawnOn = (Part: ComponentType<PartProps>, ...fields: (keyof State)[]) =>
  function DrawnOn({ zoo, state, say }: PartProps) {
    return useMemo(() => <Part {...{ zoo, state, say }} />, [say, ...fields.map((field) => state[field])]);
  };

/** A part of the page that is loaded when it is first shown. */
export function onDemand<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function OnDemand(props: P) {
    const [Part, setPart] = useState(() => loaded);
    useEffect(() => {
      if (!Part) void load().then((part) => setPart(() => (loaded = part)));
    }, []);
    return Part ? <Part {...props} /> : null;
  };
}

/** A number without trailing zeros. @param digits significant ones */
export function short(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4)
    return value
      .toExponential(digits - 2)
      .replace('e+', 'e')
      .replaceAll('-', '−');
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** `97.3 %`; `–` for a regression. */
export const percent = (share?: number): string =>
  share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;

/** Lengths as a style. */
export const inPixels = (lengths: Record<string, number>): Record<string, string> =>
  Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, `${length}px`]));

/** Colors that remain distinct with color blindness (Okabe and Ito, 2008). */
export type Color = readonly [red: number, green: number, blue: number];

export const blue: Color = [0, 114, 178];
export const orange: Color = [213, 94, 0];

/** The blue and orange of the current color scheme. */
export function pairOn(element: Element): [below: Color, above: Color] {
  const style = getComputedStyle(element);
  const read = (name: string): Color => {
    const hex = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    return [hex >> 16, (hex >> 8) & 255, hex & 255];
  };
  return [read('--blue'), read('--orange')];
}

const others: Color[] = [
  [0, 158, 115],
  [204, 121, 167],
  [86, 180, 233],
  [230, 159, 0],
  [120, 120, 120],
];

/** The same color of a class for styles. */
export const classVariable = (i: number): string =>
  ['var(--blue)', 'var(--orange)', ...others.map((color) => `rgb(${color.join()})`)][i % 7];

/** @param element in which they are shown */
export const classColors = (classes: number, element: Element): Color[] =>
  Array.from({ length: classes }, (_, i) => [...pairOn(element), ...others][i % 7]);

/** The text color of an element. */
export const colorOf = (element: Element): Color =>
  getComputedStyle(element)
    .color.match(/[\d.]+/g)!
    .slice(0, 3)
    .map(Number) as unknown as Color;

/** Draws anew when the system changes between light and dark. @returns what ends that */
export function onColorScheme(draw: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', draw);
  return () => dark.removeEventListener('change', draw);
}

/** A canvas that is drawn anew when one of `inputs` or the color scheme changes. */
export function useCanvas(draw: (context: CanvasRenderingContext2D) => void, inputs: unknown[]) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const drawHere = () => {
      const context = canvas.current?.getContext('2d');
      if (context) draw(context);
    };
    drawHere();
    return onColorScheme(drawHere);
  }, inputs);
  return canvas;
}

/** Sets a pixel to a color with `strength` as its opacity. */
export function paint({ data }: ImageData, at: number, color: Color, strength: number): void {
  for (let k = 0; k < 3; k++) data[4 * at + k] = color[k];
  data[4 * at + 3] = 255 * Math.min(1, Math.max(0, strength));
}

interface TableDetailsProps {
  summary: string;
  columns: string[];
  /** The first cell of each is its heading. */
  rows: (string | number)[][];
}

/** What a chart or picture shows, as a table for those who do not see it. */
export const TableDetails = ({ summary, columns, rows }: TableDetailsProps) => (
  <details>
    <summary>{summary}</summary>
    <table>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([heading, ...cells]) => (
          <tr key={heading}>
            <th scope="row">{heading}</th>
            {cells.map((cell, i) => (
              <td key={i}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);
