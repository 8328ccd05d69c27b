import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digitFromPicture, type ColourPicture } from '../../../../src/core/data/digit-picture.ts';

type Colour = [red: number, green: number, blue: number, opacity: number];
const black: Colour = [0, 0, 0, 255];
const white: Colour = [255, 255, 255, 255];
const clear: Colour = [0, 0, 0, 0];

interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A page with rectangles on it. */
function page(width: number, height: number, paper: Colour, ...marks: [Rectangle, Colour][]): ColourPicture {
  const data = new Uint8Array(width * height * 4);
  const fill = (area: Rectangle, colour: Colour) => {
    for (let y = area.top; y < area.top + area.height; y++)
      for (let x = area.left; x < area.left + area.width; x++) data.set(colour, 4 * (y * width + x));
  };
  fill({ left: 0, top: 0, width, height }, paper);
  for (const [area, colour] of marks) fill(area, colour);
  return { data, width, height };
}

/** An upright stroke, and a foot: a shape that is not the same upside down. */
const stroke = (left = 100, top = 40, size = 100): Rectangle[] => [
  { left, top, width: size / 10, height: size },
  { left, top: top + size * 0.9, width: size / 2, height: size / 10 },
];
const drawn = (ink: Colour, ...where: Parameters<typeof stroke>): [Rectangle, Colour][] =>
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
  const pale: Colour = [190, 205, 235, 255];

  test.each<[string, ColourPicture]>([
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
    ['a photograph', page(2400, 1600, white, ...drawn(black, 800, 320, 800))],
    [
      'pale ruled paper',
      page(
        300,
        200,
        white,
        ...[20, 60, 100, 180].map((top): [Rectangle, Colour] => [line(top), pale]),
        ...drawn(black),
      ),
    ],
    [
      'a frame',
      page(300, 200, white, ...frame.map((area): [Rectangle, Colour] => [area, black]), ...drawn(black)),
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

test('an empty page shows no digit, whatever its colour and grain', () => {
  for (const paper of [white, black, clear, [120, 130, 140, 255] as Colour])
    expect(digitFromPicture(page(40, 30, paper))).toBeUndefined();
  const grain = page(40, 30, white);
  grain.data.forEach((_, i) => (grain.data[i] = i % 4 === 3 ? 255 : 250 + ((i * 7) % 5)));
  expect(digitFromPicture(grain)).toBeUndefined();
});

test('a page of noise takes no longer than another', () => {
  const noise = page(600, 600, white);
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
