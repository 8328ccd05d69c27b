/** The stand-in pictures: a cat or some other thing, as SVG, before a background. */
import type { RandomState } from '../../src/utils/random.ts';

/** SVG elements in a square from −50 to 50, y downwards, the subject filling most of it. */
type Drawing = (random: RandomState) => string;

export function pick<T>(random: RandomState, choices: readonly T[]): T {
  return choices[random.randint(0, choices.length, 1)[0]];
}

const between = (random: RandomState, low: number, high: number) => low + (high - low) * random.random();

/** SVG's name of a color of any hue and of the given range of lightness. */
function color(random: RandomState, darkest = 25, lightest = 75): string {
  const [hue, saturation] = [between(random, 0, 360), between(random, 30, 90)];
  return `hsl(${hue.toFixed(0)},${saturation.toFixed(0)}%,${between(random, darkest, lightest).toFixed(0)}%)`;
}

const ellipse = (x: number, y: number, rx: number, ry: number, fill: string) =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;

const shape = (path: string, fill: string) => `<path d="${path}" fill="${fill}"/>`;

const line = (path: string, stroke: string, width: number) =>
  `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;

const furs = ['#e0a050', '#d8c8a0', '#808890', '#282a30', '#f0ece0', '#805030'];

/** The face of a cat: ears, eyes with slits, nose and whiskers. */
export const drawCat: Drawing = (random) => {
  const fur = pick(random, furs);
  const [width, height] = [between(random, 30, 36), between(random, 25, 30)];
  const [ear, open, slit] = [between(random, 38, 48), between(random, 5, 8), between(random, 1.3, 4)];
  const iris = `hsl(${between(random, 45, 140).toFixed(0)},70%,55%)`;
  const sides = [-1, 1].map((side) =>
    [
      shape(`M${side * width},0 L${side * width * 0.9},${-ear} L${side * 5},-20 Z`, fur),
      shape(`M${side * 26},-12 L${side * 27},${10 - ear} L${side * 13},-18 Z`, '#d08a95'),
      ellipse(side * 15, 0, 7.5, open, iris),
      ellipse(side * 15, 0, slit, open, '#111'),
      line(`M${side * 10},16 L${side * 42},12 M${side * 10},18 L${side * 42},20`, '#888', 1),
    ].join(''),
  );
  const muzzle = ellipse(0, 18, width * 0.42, height * 0.38, '#f4efe6');
  const head = ellipse(0, 52, width * 0.9, 34, fur) + ellipse(0, 4, width, height, fur) + muzzle;
  return head + sides.join('') + shape('M-5,11 H5 L0,17 Z', '#c06070');
};

/** Things that are no cats. */
export const things: readonly Drawing[] = [
  function house(random) {
    const windows = shape('M-20,0 h13 v13 h-13 Z M8,0 h13 v13 h-13 Z', '#cfe8f7');
    const walls = shape('M-30,-12 H30 V43 H-30 Z', color(random, 55, 85));
    return walls + windows + shape('M-38,-10 L0,-45 L38,-10 Z', color(random, 25, 45));
  },
  function car(random) {
    const body = shape('M-46,0 L-24,-3 L-16,-20 H16 L28,0 H46 V20 H-46 Z', color(random, 30, 60));
    return body + ellipse(-25, 20, 10, 10, '#222') + ellipse(25, 20, 10, 10, '#222');
  },
  function tree(random) {
    const leaves = `hsl(${between(random, 70, 150).toFixed(0)},50%,32%)`;
    const crown = pick(random, [ellipse(0, -12, 32, 28, leaves), shape('M-32,20 L0,-48 L32,20 Z', leaves)]);
    return shape('M-5,5 h10 v42 h-10 Z', '#6a4428') + crown;
  },
  function fruit(random) {
    const skin = `hsl(${pick(random, [0, 45, 95, 280])},75%,48%)`;
    return (
      ellipse(-7, 6, 32, 33, skin) + ellipse(7, 6, 32, 33, skin) + line('M0,-25 Q2,-36 8,-42', '#533', 4)
    );
  },
  function ball(random) {
    const band = shape('M-34,-8 Q0,10 34,-8 L36,6 Q0,26 -36,6 Z', color(random, 60, 95));
    return ellipse(0, 2, 36, 36, color(random, 35, 65)) + band;
  },
  function flower(random) {
    const petal = color(random, 50, 75);
    const petals = Array.from({ length: 6 }, (_, k) => {
      const angle = (Math.PI / 3) * k;
      return ellipse(19 * Math.cos(angle), 19 * Math.sin(angle) - 12, 11, 11, petal);
    });
    return line('M0,0 Q4,25 0,48', '#3a6a2a', 4) + petals.join('') + ellipse(0, -12, 10, 10, '#e8c040');
  },
  function boat(random) {
    const hull = shape('M-40,14 H40 L26,34 H-28 Z', color(random, 20, 50));
    return hull + shape('M4,-42 V8 H36 Z M-5,-34 V8 H-28 Z', color(random, 60, 95));
  },
  function cup(random) {
    const glaze = color(random, 35, 85);
    const mug = shape('M-30,-18 H30 L24,26 Q0,42 -24,26 Z', glaze);
    return line('M26,-8 Q52,-8 46,10 Q42,24 22,22', glaze, 6) + mug + ellipse(0, -18, 30, 7, '#52301a');
  },
  function clock(random) {
    const hand = () =>
      `<g transform="rotate(${between(random, 0, 360)})">${line('M0,0 V-25', '#222', 3)}</g>`;
    return ellipse(0, 0, 40, 40, color(random, 20, 55)) + ellipse(0, 0, 34, 34, '#faf7ee') + hand() + hand();
  },
];

/**
 * A whole picture: something above a horizon, be it sky and meadow or wall and floor, and before it the drawing, moved,
 * turned and scaled a little.
 *
 * @returns SVG of some size between 80 and 400 pixels a side, no two sizes alike.
 */
export function composePicture(drawing: Drawing, random: RandomState): string {
  const width = Math.round(between(random, 80, 400));
  const height = Math.round(width * between(random, 0.8, 1.25));
  const side = Math.min(width, height);
  const [x, y] = [width, height].map((length) => length / 2 + side * between(random, -0.08, 0.08));
  const [turn, scale] = [between(random, -12, 12), (side / 100) * between(random, 0.72, 1.02)];
  const rectangle = (top: number, fill: string) =>
    `<rect y="${top}" width="${width}" height="${height}" fill="${fill}"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    rectangle(0, color(random, 30, 90)) +
    rectangle(height * between(random, 0.35, 1), color(random, 25, 60)) +
    `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${scale})">${drawing(random)}</g></svg>`
  );
}
