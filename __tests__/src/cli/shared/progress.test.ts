/** The progress that commands report, with a clock on which everything takes long. */
import { beforeAll, expect, jest, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { zooHere } from '../../../helpers/zoo-here.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

const directory = temporaryDirectory();
beforeAll(async () => {
  const picture = sharp({ create: { width: 4, height: 4, channels: 3, background: 'grey' } }).png();
  for (const folder of ['classes/one', 'classes/two', 'pictures']) {
    mkdirSync(join(directory, folder), { recursive: true });
    for (const name of ['a', 'b', 'd', 'e', 'f'])
      await picture.clone().toFile(join(directory, folder, `${name}.png`));
  }
  writeFileSync(join(directory, 'pictures/c.png'), 'no picture');
});

const told = async (words: string) => {
  let now = 0;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => (now += 6000));
  try {
    const { code, stderr } = await zooHere(words.split(' '), directory);
    expect(code).toBe(0);
    return stderr.trim().split('\n');
  } finally {
    clock.mockRestore();
  }
};

test.each([['gradcheck gate xor --draws 1', ['checking gradients: 50 %', 'proving: 50 %']]])(
  'zoo %s reports %j',
  async (words, lines) => {
    expect((await told(words)).filter((line) => line.endsWith(' %'))).toEqual(lines);
  },
);

test('predict reports the images read so far and the unreadable ones', async () => {
  await told(
    'train mlp --data-dir classes --size 4x4 --hidden 1 --epochs 1 --backend cpu --no-report --out run',
  );
  expect(await told('predict run pictures --skip-broken --backend cpu --output csv')).toEqual([
    'reading images: 16 %',
    'reading images: 33 %',
    expect.stringMatching(/^skipped: .*c\.png/),
    'reading images: 66 %',
    'reading images: 83 %',
    'backend: cpu',
  ]);
});
