import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linesOf } from '../../../../src/data/formats/json-lines.ts';

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

test('a line may be as long as is allowed, wherever it stands, and no longer', async () => {
  const fits = 'x'.repeat(5);
  expect(await collect([Buffer.from(`${fits}\n${fits}`)], 5)).toEqual([fits, fits]);
  for (const [text, line] of [
    [`a\n${fits}x\nb`, 2],
    [`a\n\n${fits}x`, 3],
  ] as const) {
    await expect(collect([Buffer.from(text)], 5)).rejects.toThrow(
      `line ${line} of the input is longer than 5 characters.`,
    );
  }
  // Half a letter at the very end.
  await expect(collect([Buffer.from('a\n'), Buffer.from([0xc3])])).rejects.toThrow(
    'line 2 of the input is not text in UTF-8.',
  );
});
