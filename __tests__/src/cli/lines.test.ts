import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linesOf } from '../../../src/cli/lines.ts';

async function collect(chunks: Iterable<Uint8Array>, longest = 100): Promise<string[]> {
  const lines: string[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await
  const stream = (async function* () {
    yield* chunks;
  })();
  for await (const line of linesOf(stream, longest)) lines.push(line);
  return lines;
}

test('splits at line ends wherever the pieces of the stream end, within letters too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'ü', '…', '😀', '\n')),
      fc.integer({ min: 1, max: 5 }),
      async (letters, size) => {
        const bytes = Buffer.from(letters.join(''));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const expected = letters.join('').split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(await collect(chunks, 1000)).toEqual(expected);
      },
    ),
    { seed: 4 },
  );
});

test('a line that never ends is refused long before it fills the memory', async () => {
  let chunks = 0;
  const endless = (function* () {
    for (;;) {
      chunks++;
      yield Buffer.alloc(1000, 'x');
    }
  })();
  await expect(collect(endless, 5000)).rejects.toThrow('line 1 of the input is longer than 5000 characters.');
  expect(chunks).toBeLessThan(10);
});

test('bytes that are no UTF-8 are named by their line', async () => {
  await expect(collect([Buffer.from('a\n'), Buffer.from([0xff, 0xfe])])).rejects.toThrow(
    /line 1 of|line 2 of/,
  );
});
