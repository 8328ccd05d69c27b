import { beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawNames, entropyPerToken, longestName } from '../../datasets/built-in/syllables.ts';
import { datasets } from '../../datasets/index.ts';
import type { DataRequest, Examples, LoadedDataset } from '../../src/data/dataset.ts';
import { silent } from '../../src/utils/progress.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

let directory: string;
beforeAll(() => void (directory = temporaryDirectory()));

const request = (options: Record<string, unknown> = {}, more: Partial<DataRequest> = {}): DataRequest => ({
  ...{ data: 'built-in', cacheDir: directory, seed: 1, options, progress: silent },
  ...more,
});

const withFile = async (content: string | Uint8Array, options: Record<string, unknown> = {}) => {
  const file = join(directory, 'my-text.txt');
  await writeFile(file, content);
  return datasets.sequences.load(request(options, { own: { file } }));
};

/** The texts of the rows, with `>` where a target follows and the boundary as `.`. */
const textsOf = (
  { classNames }: LoadedDataset,
  { rows, features, inputs, labels, stride = features }: Examples,
) =>
  Array.from({ length: rows }, (_, row) => {
    const places = Array.from({ length: features }, (_, t) => row * stride + t);
    const last = places.filter((i) => labels[i] >= 0).at(-1)!;
    const shown = places.filter((i) => i <= last);
    const symbol = (token: number) => (classNames[token] === '<end>' ? '.' : classNames[token]);
    return shown.map((i) => symbol((inputs as Int16Array)[i])).join('') + symbol(labels[last]);
  });

describe('names', () => {
  test('each line is a sequence, a tenth of which is held back by the seed', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => 'x'.repeat(i % 7) + 'ab'[i % 2]);
    const loaded = await withFile(`${lines.join('\r\n')}\r\n\n  \n`, { corpus: 'names' });
    expect(loaded.classNames).toEqual(['a', 'b', 'x', '<end>']);
    expect(loaded.preprocessing).toEqual({ kind: 'tokens', context: 16, boundary: 3 });
    expect([loaded.train.rows, loaded.test.rows]).toEqual([36, 4]);
    const all = [...textsOf(loaded, loaded.train), ...textsOf(loaded, loaded.test)];
    expect(all.sort()).toEqual(lines.map((line) => `.${line}.`).sort());
    const other = await datasets.sequences.load(
      request({ corpus: 'names' }, { seed: 2, own: { file: join(directory, 'my-text.txt') } }),
    );
    expect(textsOf(other, other.test)).not.toEqual(textsOf(loaded, loaded.test));
  });

  test('without data they are made up, and say so with their entropy where no name is cut', async () => {
    const loaded = await datasets.names.load(request());
    expect(loaded.standIn).toMatch(/^SYNTHETIC DATA: .*names of random syllables/);
    expect(loaded.entropy).toBe(entropyPerToken());
    expect((await datasets.names.load(request({ context: longestName }))).entropy).toBeUndefined();
  });

  test('the entropy is the mean of −log p over the names that are drawn', () => {
    const names = drawNames(20_000);
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(longestName);
    // The same from the frequencies of each choice, which a parser finds again in the names: consonant, vowel, last consonant.
    const found: Record<string, Map<string, number>> = {
      count: new Map(),
      first: new Map(),
      vowel: new Map(),
      last: new Map(),
    };
    const add = (kind: string, what: string) => found[kind].set(what, (found[kind].get(what) ?? 0) + 1);
    let tokens = 0;
    for (const name of names) {
      const syllables = [...name.matchAll(/([^aeiou])([aeiou])([^aeiou](?![aeiou]))?/g)];
      expect(syllables.map(([syllable]) => syllable).join('')).toBe(name);
      add('count', String(syllables.length));
      for (const [, first, vowel, last = ''] of syllables) {
        add('first', first);
        add('vowel', vowel);
        add('last', last);
      }
      tokens += name.length + 1;
    }
    const nats = Object.values(found).reduce((sum, kind) => {
      const total = [...kind.values()].reduce((a, b) => a + b);
      return sum - [...kind.values()].reduce((s, count) => s + count * Math.log(count / total), 0);
    }, 0);
    expect(nats / tokens).toBeCloseTo(entropyPerToken(), 2);
  });
});

describe('text', () => {
  test('a file is running text unless told otherwise, with its end held back for validation and test', async () => {
    const content = Array.from(
      { length: 1000 },
      (_, i) => 'abcdefghij'[i % 10] + (i % 50 === 0 ? '\n' : ''),
    ).join('');
    const loaded = await withFile(content, { context: 8 });
    expect([loaded.name, loaded.source, loaded.classNames[0]]).toEqual(['text', 'dir', '\n']);
    const [train, validation, test] = [loaded.train, loaded.validation!, loaded.test].map((part) =>
      textsOf(loaded, part),
    );
    expect(train[0]).toBe(content.slice(0, 9));
    expect(train[1]).toBe(content.slice(1, 10));
    const validationAt = Math.floor(content.length * 0.9);
    expect(train.at(-1)).toBe(content.slice(validationAt - 9, validationAt));
    expect(validation[0]).toBe(content.slice(validationAt, validationAt + 9));
    expect(validation[1]).toBe(content.slice(validationAt + 8, validationAt + 17));
    expect(test[0]).toBe(content.slice(Math.floor(content.length * 0.95)).slice(0, 9));
  });

  test.each([
    ['an empty file', '', /my-text.txt has no characters/],
    [
      'a short one',
      'To be',
      /5 characters, of which 0 are for the test or the validation, too few for rows of 16/,
    ],
    ['bytes that are not UTF-8', Uint8Array.of(0x41, 0xff, 0xfe), /my-text.txt is not UTF-8 text/],
  ])('%s is refused', async (_, content, message) => {
    await expect(withFile(content)).rejects.toThrow(message);
  });

  test('options of tables are refused, instead of ignored', async () => {
    const file = join(directory, 'my-text.txt');
    await writeFile(file, 'to be or not to be '.repeat(30));
    for (const [key, value, option] of [
      ['target', 'y', '--target'],
      ['testShare', 0.5, '--test-share'],
      ['header', false, '--header'],
    ] as const) {
      await expect(datasets.sequences.load(request({}, { own: { file, [key]: value } }))).rejects.toThrow(
        `${option} is for tables and pictures; ${file} is read as text.`,
      );
    }
  });

  test('rejects a file of one line as names, and accepts it as running text', async () => {
    const line = 'once upon a time '.repeat(20).trim();
    await expect(withFile(line, { corpus: 'names' })).rejects.toThrow('my-text.txt has one line');
    expect((await withFile(line, { context: 1 })).train.rows).toBeGreaterThan(100);
  });
});

describe('tasks', () => {
  test('addition predicts the sum alone, for every pair of numbers', async () => {
    const loaded = await datasets.addition.load(request());
    const all = [...textsOf(loaded, loaded.train), ...textsOf(loaded, loaded.test)];
    expect(new Set(all).size).toBe(10_000);
    expect(all.every((text) => /^\.(\d\d)\+(\d\d)=(\d{3})\.$/.test(text))).toBe(true);
    const wrong = all.filter((text) => {
      const [a, b, sum] = text.match(/\d+/g)!.map(Number);
      return a + b !== sum;
    });
    expect(wrong).toEqual([]);
    const targets = Array.from(
      loaded.train.labels.subarray(0, 16),
      (label) => loaded.classNames[label] ?? '',
    );
    expect(targets.join('')).toMatch(/^\d{3}<end>$/);
    expect([loaded.entropy, loaded.train.rows, loaded.test.rows]).toEqual([0, 9000, 1000]);
  });

  test('copy predicts the copy alone', async () => {
    const loaded = await datasets.copy.load(request());
    const all = textsOf(loaded, loaded.train);
    expect(all.every((text) => /^\.([a-h]{1,7})=\1\.$/.test(text))).toBe(true);
    const { labels, inputs } = loaded.train;
    const question = (inputs as Int16Array).subarray(0, 16).indexOf(loaded.classNames.indexOf('='));
    expect(Array.from(labels.subarray(0, question)).every((label) => label === -1)).toBe(true);
    expect(labels[question]).toBeGreaterThanOrEqual(0);
  });

  test('a context that is too short for them is refused', async () => {
    await expect(datasets.copy.load(request({ context: 8 }))).rejects.toThrow(
      'copy needs --context 16 or more, not 8.',
    );
  });
});
