/** Where the cards of a graph stand. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { layOut, type Box } from '../../../../src/playground/page/graph-layout.ts';

/** Values, each computed from some before it, and parameters, each used by one value. */
const graphs = fc
  .array(
    fc.record({
      width: fc.integer({ min: 20, max: 200 }),
      height: fc.integer({ min: 20, max: 200 }),
      before: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      parameters: fc.nat(3),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((values) => {
    const boxes: Box[] = [{ id: 'x', inputs: [], isParameter: false, width: 40, height: 40 }];
    values.forEach(({ before, parameters, width, height }, i) => {
      const weights = Array.from({ length: parameters }, (_, k) => `w${i}.${k}`);
      boxes.push(...weights.map((id) => ({ id, inputs: [], isParameter: true, width: 60, height: 50 })));
      const inputs = new Set(before.map((k) => (k % (i + 1) === 0 ? 'x' : `v${(k % (i + 1)) - 1}`)));
      boxes.push({ id: `v${i}`, inputs: [...inputs, ...weights], isParameter: false, width, height });
    });
    return boxes;
  });

test('no two cards overlap, and all are inside the board', () => {
  fc.assert(
    fc.property(graphs, (boxes) => {
      const { places, width, height } = layOut(boxes);
      const all = [...places.values()];
      expect(all.length).toBe(boxes.length);
      for (const [i, a] of all.entries()) {
        expect(Math.min(a.left, a.top)).toBeGreaterThanOrEqual(0);
        expect(a.left + a.width).toBeLessThanOrEqual(width + 1e-9);
        expect(a.top + a.height).toBeLessThanOrEqual(height + 1e-9);
        for (const b of all.slice(i + 1)) {
          const apart =
            a.left + a.width <= b.left ||
            b.left + b.width <= a.left ||
            a.top + a.height <= b.top ||
            b.top + b.height <= a.top;
          expect(apart).toBe(true);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('every value stands right of the values it is computed from, and below its parameters', () => {
  fc.assert(
    fc.property(graphs, (boxes) => {
      const { places } = layOut(boxes);
      for (const { id, inputs, isParameter } of boxes) {
        if (isParameter) continue;
        const place = places.get(id)!;
        for (const input of inputs) {
          const from = places.get(input)!;
          if (boxes.find((box) => box.id === input)!.isParameter)
            expect(from.top + from.height).toBeLessThan(place.top);
          else expect(from.left + from.width).toBeLessThan(place.left);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('a target stands in the column before the loss', () => {
  const box = (id: string, inputs: string[]): Box => ({
    id,
    inputs,
    isParameter: false,
    width: 40,
    height: 40,
  });
  const { places } = layOut([
    box('x', []),
    box('y', []),
    box('h', ['x']),
    box('z', ['h']),
    box('loss', ['z', 'y']),
  ]);
  expect(places.get('y')!.left).toBe(places.get('z')!.left);
  expect(places.get('y')!.top).toBeGreaterThan(places.get('z')!.top);
});
