import { beforeAll, expect, test } from '@jest/globals';
import { judge, type Reader } from '../../scripts/fuzz/judge.ts';
import { createReaders } from '../../scripts/fuzz/readers.ts';
import { useBackend } from '../../src/backend/index.ts';
import { InputError } from '../../src/core/errors.ts';

/** The short form of `npm run fuzz`; readers of formats that decode in other threads get fewer inputs. */
const inputsFor = ({ name }: Reader): number => (name === 'HDF5' ? 0 : name === 'pictures' ? 60 : 250);

let readers: Reader[];
beforeAll(async () => {
  await useBackend('cpu');
  readers = await createReaders();
}, 60_000);

test('no reader breaks its promises', async () => {
  for (const reader of readers) {
    const inputs = inputsFor(reader);
    if (inputs === 0) continue;
    const verdict = await judge(reader, inputs, 11);
    expect(verdict.failures).toEqual([]);
    expect(verdict.refused).toBeGreaterThan(inputs / 5);
  }
}, 120_000);

test('the judge notices crashes and unsound results', async () => {
  const samples = [Buffer.from('[1,2,3]')];
  const crashes = {
    name: 'crashes',
    samples,
    read: (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
  };
  const refuses = {
    name: 'refuses',
    samples,
    read(bytes: Uint8Array) {
      if (Buffer.from(bytes).toString() !== '[1,2,3]') throw new InputError('no');
    },
  };
  expect((await judge(crashes, 50, 1)).failures.length).toBeGreaterThan(0);
  expect((await judge(refuses, 50, 1)).failures).toEqual([]);
});
