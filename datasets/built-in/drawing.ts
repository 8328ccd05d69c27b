/** What the drawings of the stand-in pictures have in common: chance, colours, and a sheet to draw on. */
import type { RandomState } from '../../src/core/random.ts';

/**
 * One drawing: SVG elements in a square from −50 to 50, y downwards, the subject filling most of it.
 */
export type Drawing = (random: RandomState) => string;

export function between(random: RandomState, low: number, high: number): number {
  return low + (high - low) * random.random();
}

export function pick<T>(random: RandomState, choices: readonly T[]): T {
  return choices[random.randint(0, choices.length, 1)[0]];
}

export function chance(random: RandomState, probability: number): boolean {
  return random.random() < probability;
}

export interface Colour {
  hue: number;
  saturation: number;
  lightness: number;
}

/** Any colour of the given range of lightness. */
export function anyColour(random: RandomState, darkest = 25, lightest = 75): Colour {
  return {
    hue: between(random, 0, 360),
    saturation: between(random, 30, 90),
    lightness: between(random, darkest, lightest),
  };
}

/** SVG's name of a colour, made lighter (positive) or darker (negative) by some percent. */
export function paint({ hue, saturation, lightness }: Colour, lighter = 0): string {
  const light = Math.min(97, Math.max(3, lightness + lighter));
  return `hsl(${hue.toFixed(1)},${saturation.toFixed(1)}%,${light.toFixed(1)}%)`;
}

export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, more = '') =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}" ${more}/>`;

export const polygon = (points: string, fill: string, more = '') =>
  `<polygon points="${points}" fill="${fill}" ${more}/>`;

export const rectangle = (x: number, y: number, width: number, height: number, fill: string, more = '') =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" ${more}/>`;

export const line = (path: string, stroke: string, width: number) =>
  `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round"/>`;

const backgrounds: ((random: RandomState, width: number, height: number) => string)[] = [
  // A wall, lighter on one side.
  (random, width, height) => {
    const colour = anyColour(random, 30, 85);
    const stops = [0, between(random, -25, 25)].map(
      (lighter, i) => `<stop offset="${i}" stop-color="${paint(colour, lighter)}"/>`,
    );
    const gradient = `<linearGradient id="wall" x2="${chance(random, 0.5) ? 1 : 0}" y2="1">${stops.join('')}</linearGradient>`;
    return `<defs>${gradient}</defs>${rectangle(0, 0, width, height, 'url(#wall)')}`;
  },
  // Something above a horizon: sky and meadow, wall and floor.
  (random, width, height) => {
    const horizon = height * between(random, 0.35, 0.8);
    return (
      rectangle(0, 0, width, height, paint(anyColour(random, 50, 90))) +
      rectangle(0, horizon, width, height - horizon, paint(anyColour(random, 25, 60)))
    );
  },
  // Blurred spots of light.
  (random, width, height) => {
    const ground = anyColour(random, 15, 60);
    const spots = Array.from({ length: 9 }, () => {
      const radius = width * between(random, 0.05, 0.25);
      const fill = paint(ground, between(random, 5, 30));
      return ellipse(
        width * random.random(),
        height * random.random(),
        radius,
        radius,
        fill,
        'opacity="0.5"',
      );
    });
    return rectangle(0, 0, width, height, paint(ground)) + spots.join('');
  },
];

/**
 * A whole picture: a background, and before it the drawing, moved, turned and scaled a little.
 *
 * @returns SVG of some size between 80 and 400 pixels a side, no two sizes alike.
 */
export function composePicture(drawing: Drawing, random: RandomState): string {
  const width = Math.round(between(random, 80, 400));
  const height = Math.round(width * between(random, 0.8, 1.25));
  const side = Math.min(width, height);
  const scale = (side / 100) * between(random, 0.72, 1.02);
  const x = width / 2 + side * between(random, -0.08, 0.08);
  const y = height / 2 + side * between(random, -0.08, 0.08);
  const turn = between(random, -12, 12);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    pick(random, backgrounds)(random, width, height) +
    `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${scale})">${drawing(random)}</g></svg>`
  );
}
