import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { digitFromPicture, type ColorPicture } from '../../../src/data/digit-picture.ts';

type Color = [red: number, green: number, blue: number, opacity: number];
const black: Color = [0, 0, 0, 255];
const white: Color = [255, 255, 255, 255];
const clear: Color = [0, 0, 0, 0];

interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A page with rectangles on it. */
function page(width: number, height: number, paper: Color, ...marks: [Rectangle, Color][]): ColorPicture {
  const data = new Uint8Array(width * height * 4);
  const fill = (area: Rectangle, color: Color) => {
    for (let y = area.top; y < area.top + area.height; y++)
      for (let x = area.left; x < area.left + area.width; x++) data.set(color, 4 * (y * width + x));
  };
  fill({ left: 0, top: 0, width, height }, paper);
  for (const [area, color] of marks) fill(area, color);
  return { data, width, height };
}

/** An upright stroke, and a foot: a shape that is not the same upside down. */
const stroke = (left = 100, top = 40, size = 100): Rectangle[] => [
  { left, top, width: size / 10, height: size },
  { left, top: top + size * 0.9, width: size / 2, height: size / 10 },
];
const drawn = (ink: Color, ...where: Parameters<typeof stroke>): [Rectangle, Color][] =>
  stroke(...where).map((area) => [area, ink]);

const expected = digitFromPicture(page(300, 200, white, ...drawn(black)))!;

const difference = (one: Uint8Array, other: Uint8Array) =>
  one.reduce((sum, value, i) => sum + Math.abs(value - other[i]), 0) / (255 * 784);

const extent = (pixels: Uint8Array): number => {
  const rows = new Set<number>();
  pixels.forEach((p, i) => p > 127 && rows.add(Math.floor(i / 28)));
  return rows.size;
};

test('a digit is fitted into 20×20, its centre of mass in the middle', () => {
  let [mass, x, y] = [0, 0, 0];
  expected.forEach((p, i) => {
    mass += p;
    x += p * (i % 28);
    y += p * Math.floor(i / 28);
  });
  expect(expected).toHaveLength(784);
  expect(extent(expected)).toBe(20);
  expect([x / mass, y / mass]).toEqual([expect.closeTo(13.5, 0), expect.closeTo(13.5, 0)]);
  expect([Math.max(...expected), expected[0]]).toEqual([255, 0]);
});

describe('the same digit comes out of', () => {
  const line = (top: number, height = 2): Rectangle => ({ left: 0, top, width: 300, height });
  const frame: Rectangle[] = [
    { left: 10, top: 10, width: 280, height: 4 },
    { left: 10, top: 186, width: 280, height: 4 },
    { left: 10, top: 10, width: 4, height: 180 },
    { left: 286, top: 10, width: 4, height: 180 },
  ];
  const pale: Color = [190, 205, 235, 255];

  test.each<[string, ColorPicture]>([
    ['white on black', page(300, 200, black, ...drawn(white))],
    ['blue on yellow', page(300, 200, [255, 238, 136, 255], ...drawn([34, 34, 153, 255]))],
    ['red on a green as bright', page(300, 200, [70, 128, 70, 255], ...drawn([190, 80, 80, 255]))],
    ['white on transparent', page(300, 200, clear, ...drawn(white))],
    ['black on transparent', page(300, 200, clear, ...drawn(black))],
    [
      'a page with transparent corners',
      page(300, 200, white, [{ left: 0, top: 0, width: 30, height: 30 }, clear], ...drawn(black)),
    ],
    ['another place', page(300, 200, white, ...drawn(black, 5, 95))],
    ['a photograph', page(602, 402, white, ...drawn(black, 200, 80, 200))],
    [
      'pale ruled paper',
      page(
        300,
        200,
        white,
        ...[20, 60, 100, 180].map((top): [Rectangle, Color] => [line(top), pale]),
        ...drawn(black),
      ),
    ],
    [
      'a frame',
      page(300, 200, white, ...frame.map((area): [Rectangle, Color] => [area, black]), ...drawn(black)),
    ],
    ['a dark line across the page', page(300, 200, white, [line(180, 4), black], ...drawn(black))],
    [
      'a page with specks',
      page(300, 200, white, [{ left: 3, top: 3, width: 4, height: 4 }, black], ...drawn(black)),
    ],
  ])('%s', (_, picture) => {
    expect(difference(digitFromPicture(picture)!, expected)).toBeLessThan(0.015);
  });
});

test('hairlines become as thick as strokes, brushes as thin, and both keep their place', () => {
  const upright = (width: number) =>
    digitFromPicture(page(300, 200, white, [{ left: 150, top: 40, width, height: 120 }, black]))!;
  const ink = (digit: Uint8Array) => digit.reduce((sum, value) => sum + value, 0) / 255 / 20;
  expect(ink(upright(1))).toBeGreaterThan(1.5);
  expect(ink(upright(1))).toBeLessThan(3);
  expect(ink(upright(45))).toBeLessThan(6);
  expect(extent(upright(1))).toBe(20);
});

test('an empty page shows no digit, whatever its color and grain', () => {
  for (const paper of [white, black, clear, [120, 130, 140, 255] as Color])
    expect(digitFromPicture(page(40, 30, paper))).toBeUndefined();
  const speck: Rectangle = { left: 3, top: 1, width: 1, height: 1 };
  expect(digitFromPicture(page(5, 4, white, [speck, black]))).toBeUndefined();
  const grain = page(40, 30, white);
  grain.data.forEach((_, i) => (grain.data[i] = i % 4 === 3 ? 255 : 250 + ((i * 7) % 5)));
  expect(digitFromPicture(grain)).toBeUndefined();
});

test('a page of noise takes no longer than another', () => {
  const noise = page(300, 300, white);
  let state = 1;
  for (let i = 0; i < noise.data.length; i += 4) {
    state = (state * 48271) % 2147483647;
    noise.data.fill(state % 256, i, i + 3);
  }
  expect(digitFromPicture(noise)).toHaveLength(784);
});

test('whatever the pixels, a digit or nothing comes out', () => {
  const side = fc.integer({ min: 1, max: 12 });
  const picture = fc.tuple(side, side).chain(([width, height]) => {
    const bytes = 4 * width * height;
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      data: fc.uint8Array({ minLength: bytes, maxLength: bytes }),
    });
  });
  fc.assert(
    fc.property(picture, (given) => {
      const digit = digitFromPicture(given);
      return digit === undefined || (digit.length === 784 && Math.max(...digit) === 255);
    }),
    { seed: 1, numRuns: 40 },
  );
});

/** Strokes with soft edges from point to point, on a page: how much of a pixel is ink. */
const inked =
  (thickness: number, ...lines: [number, number, number, number][]) =>
  (x: number, y: number): number =>
    Math.max(
      ...lines.map(([x1, y1, x2, y2]) => {
        const [dx, dy] = [x2 - x1, y2 - y1];
        const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
        return Math.min(
          1,
          Math.max(
            0,
            thickness / 2 + 0.5 - Math.sqrt((x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2),
          ),
        );
      }),
    );

function painted(width: number, height: number, color: (x: number, y: number) => number[]): ColorPicture {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), 4 * (y * width + x));
  return { data, width, height };
}

const mixed = (from: number[], to: number[], share: number): number[] =>
  from.map((value, k) => Math.round(value + share * (to[k] - value)));

const four = (x: number, y: number, s: number): [number, number, number, number][] => [
  [x + 0.55 * s, y, x, y + 0.6 * s],
  [x, y + 0.6 * s, x + 0.75 * s, y + 0.65 * s],
  [x + 0.5 * s, y + 0.35 * s, x + 0.4 * s, y + s],
];
const pen = inked(5, ...four(20, 8, 40));
const uneven = (x: number, y: number) => ((x * 31 + y * 17) % 13) - 6;

const scenes: Record<string, () => ColorPicture> = {
  'pencil on uneven yellow paper, darker to one side': () =>
    painted(70, 60, (x, y) =>
      mixed(
        [225 - x / 2 + uneven(x, y), 205 - x / 2, 150 - x / 3 + uneven(y, x), 255],
        [70, 60, 90, 255],
        0.9 * pen(x, y),
      ),
    ),
  'half opaque green on a clear page': () =>
    painted(66, 58, (x, y) => [20 + x, 190, 40 + y, Math.round(230 * pen(x, y))]),
  'a pale and a dark colour on a clear page': () =>
    painted(64, 56, (x, y) => [y > 30 ? 130 : 90, 160 - x, 120 + y, Math.round(255 * pen(x, y))]),
  'a page of which a part is clear': () =>
    painted(80, 64, (x, y) => [
      ...mixed([250, 240, 235], [10, 20, 120], pen(x, y)),
      x + y < 40 ? 3 * (x + y) : 255,
    ]),
  'a hairline upright': () => painted(9, 200, (x) => (x === 4 ? [0, 0, 0, 255] : [255, 255, 255, 255])),
  'a hairline level': () => painted(150, 8, (_, y) => (y === 3 ? [0, 0, 0, 255] : [255, 255, 255, 255])),
  'a brush': () =>
    painted(90, 80, (x, y) =>
      mixed([255, 255, 255, 255], [0, 0, 0, 255], inked(17, ...four(22, 16, 44))(x, y)),
    ),
  'a page wider than is looked at': () =>
    painted(1300, 32, (x, y) =>
      mixed([240, 240, 240, 255], [30, 0, 60, 255], inked(4, [10, 25, 60, 8], [60, 8, 70, 28])(x - 1200, y)),
    ),
  'a digit of two parts between lines, dirt and a frame': () => {
    const parts = inked(5, [30, 22, 52, 20], [30, 30, 50, 36], [50, 36, 34, 52]);
    const dirt = (x: number, y: number) =>
      x === 70 ||
      y === 66 ||
      (x > 60 && x < 64 && y > 10 && y < 13) ||
      (x === 8 && y > 5 && y < 60) ||
      (y === 5 && x > 7 && x < 66);
    return painted(76, 70, (x, y) =>
      mixed([200, 210, 220, 255], [0, 0, 0, 255], Math.max(parts(x, y), dirt(x, y) ? 1 : 0)),
    );
  },
  'a digit that touches the edge': () =>
    painted(40, 40, (x, y) =>
      mixed([255, 255, 255, 255], [120, 0, 0, 255], inked(4, [-1, 5, 20, 8], [20, 8, 10, 41])(x, y)),
    ),
  'a digit 0 around a dot': () =>
    painted(60, 60, (x, y) => {
      const ring = Math.abs(Math.sqrt((x - 30) ** 2 + 0.6 * (y - 30) ** 2) - 16);
      return mixed(
        [255, 255, 255, 255],
        [0, 0, 0, 255],
        Math.max(Math.min(1, Math.max(0, 3 - ring)), inked(5, [29, 29, 31, 33])(x, y)),
      );
    }),
};

/** Bytes, deflated, as they were when people had looked at them and found them right. */
const digits = JSON.parse(
  readFileSync(new URL('../../fixtures/digits.json', import.meta.url), 'utf8'),
) as Record<string, string>;

test.each(Object.keys(scenes))('%s', (name) => {
  const wanted = inflateRawSync(Buffer.from(digits[name], 'base64'));
  const found = digitFromPicture(scenes[name]())!;
  // A last bit of a root may be another on other machines, and round a byte the other way.
  expect(Math.max(...found.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThanOrEqual(1);
});
