/** What is done with planes of grey, against the same done pixel by pixel. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  dilated,
  mapped,
  otsu,
  patchesOf,
  plane,
  quantile,
  resized,
  type Plane,
} from '../../../src/data/planes.ts';

const side = fc.integer({ min: 1, max: 9 });
const planes = (value: fc.Arbitrary<number>): fc.Arbitrary<Plane> =>
  fc
    .tuple(side, side)
    .chain(([width, height]) =>
      fc
        .array(value, { minLength: width * height, maxLength: width * height })
        .map((values) => ({ width, height, values: Float32Array.from(values) })),
    );
const grey = fc.integer({ min: 0, max: 64 }).map((n) => n / 64);
const each = (width: number, height: number): [x: number, y: number][] =>
  Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width)]);

test('a plane is 0 until it is written, and is mapped value by value', () => {
  expect(plane(2, 3)).toEqual({ width: 2, height: 3, values: new Float32Array(6) });
  expect(mapped(plane(2, 1), (value, i) => value + i)).toEqual({
    ...{ width: 2, height: 1 },
    values: Float32Array.of(0, 1),
  });
});

test('a quantile is the value at its place among all in order, to half a part in 1023', () => {
  const values = fc.array(fc.float({ min: -4, max: 9, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.constantFrom(0, 0.25, 0.5, 0.9, 1), (list, share) => {
      const sorted = Float32Array.from(list).sort();
      const range = sorted.at(-1)! - sorted[0];
      const found = quantile(Float32Array.from(list), share);
      expect(Math.abs(found - sorted[Math.floor(share * (list.length - 1))])).toBeLessThanOrEqual(
        range / 2046 + 1e-6,
      );
    }),
    { seed: 1 },
  );
  const grid = Float32Array.from({ length: 1024 }, (_, i) => 3 + ((i * 7) % 1024));
  for (const place of [0, 1, 511, 1022, 1023]) expect(quantile(grid, place / 1023)).toBe(3 + place);
  expect([quantile(Float32Array.of(5, 5), 0.5), quantile(Float32Array.of(-2), 1)]).toEqual([5, -2]);
});

test("Otsu's threshold is the first at which the two groups differ most", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(256), { minLength: 1, maxLength: 12 }), (bytes) => {
      const between = (threshold: number): number => {
        const groups = [bytes.filter((byte) => byte < threshold), bytes.filter((byte) => byte >= threshold)];
        // What is 1 counts for the brightest below it.
        const [low, high] = groups.map(
          (group) => group.reduce((sum, byte) => sum + Math.min(255, byte), 0) / group.length,
        );
        return groups.some(({ length }) => length === 0)
          ? 0
          : groups[0].length * groups[1].length * (high - low) ** 2;
      };
      const all = Array.from({ length: 256 }, (_, threshold) => between(threshold));
      const most = Math.max(...all);
      const expected = most === 0 ? 0 : all.findIndex((one) => one >= most * (1 - 1e-9)) / 256;
      expect(otsu(Float32Array.from(bytes, (byte) => byte / 256))).toBe(expected);
    }),
    { seed: 1 },
  );
});

test('a part in another size: each pixel the mean of what it covers, 0 beyond the edge', () => {
  const overlap = (from: number, to: number, pixel: number) =>
    Math.max(0, Math.min(to, pixel + 1) - Math.max(from, pixel));
  const length = fc.integer({ min: 1, max: 12 });
  const corner = fc.integer({ min: -3, max: 8 });
  const boxes = fc.record({ left: corner, top: corner, width: length, height: length });
  fc.assert(
    fc.property(planes(grey), boxes, length, length, (from, box, width, height) => {
      const window = (start: number, length: number, pixels: number, i: number) => {
        const scale = length / pixels;
        const reach = Math.max(1, scale) / 2;
        const middle = start + (i + 0.5) * scale;
        return [middle - reach, middle + reach] as const;
      };
      const wanted = each(width, height).map(([x, y]) => {
        const [left, right] = window(box.left, box.width, width, x);
        const [top, bottom] = window(box.top, box.height, height, y);
        const whole = each(from.width, from.height).reduce(
          (sum, [fromX, fromY], i) =>
            sum + overlap(left, right, fromX) * overlap(top, bottom, fromY) * from.values[i],
          0,
        );
        return whole / (right - left) / (bottom - top);
      });
      const found = resized(from, box, width, height);
      expect([found.width, found.height]).toEqual([width, height]);
      expect(Array.from(found.values)).toEqual(wanted.map((value) => expect.closeTo(value, 5)));
    }),
    { seed: 1 },
  );
});

test('dilated, each pixel is the largest around it, at the edge of the circle in part', () => {
  fc.assert(
    fc.property(planes(grey), fc.constantFrom(0, 0.3, 1, 1.5, 2.25), (from, radius) => {
      const { width, height, values } = from;
      const wanted = each(width, height).map(([x, y]) =>
        Math.max(
          ...each(width, height).map(([otherX, otherY], i) => {
            const beyond = Math.hypot(otherX - x, otherY - y) - radius;
            return beyond >= 1 ? 0 : values[i] * Math.min(1, 1 - beyond);
          }),
        ),
      );
      expect(dilated(from, radius)).toEqual({ width, height, values: Float32Array.from(wanted) });
    }),
    { seed: 1 },
  );
});

test('patches are what can be walked over pixels above the threshold, corners included', () => {
  fc.assert(
    fc.property(planes(fc.constantFrom(0, 0, 0.5, 1)), (from) => {
      const { width, height, values } = from;
      const places = each(width, height);
      // The least number among all neighbors, until nothing changes.
      const reached = places.map((_, i) => (values[i] > 0.5 ? i : -1));
      for (let changes = true; changes;) {
        changes = false;
        for (const [i, [x, y]] of places.entries()) {
          for (const [j, [otherX, otherY]] of places.entries()) {
            const touch = Math.max(Math.abs(x - otherX), Math.abs(y - otherY)) === 1;
            if (!touch || reached[i] < 0 || reached[j] < 0 || reached[j] >= reached[i]) continue;
            reached[i] = reached[j];
            changes = true;
          }
        }
      }
      const firsts = [...new Set(reached)].filter((first) => first >= 0).sort((a, b) => a - b);
      const { patches, labels } = patchesOf(from, 0.5);
      expect(Array.from(labels)).toEqual(reached.map((first) => firsts.indexOf(first) + 1));
      const wanted = firsts.map((first, k) => {
        const members = places.filter((_, i) => reached[i] === first);
        const [xs, ys] = [members.map(([x]) => x), members.map(([, y]) => y)];
        const [left, top] = [Math.min(...xs), Math.min(...ys)];
        return {
          ...{ label: k + 1, size: members.length, left, top },
          ...{ width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1 },
        };
      });
      expect(patches).toEqual(wanted);
    }),
    { seed: 1 },
  );
});
