import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { readPictureFolders } from '../../../datasets/formats/image-folders.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { type Progress, silent } from '../../../src/utils/progress.ts';
import { sha256 } from '../../../src/node/files.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const place = temporaryDirectory();
let root: string;

const picture = (red: number, width: number, format: 'png' | 'jpeg' | 'webp' = 'png') =>
  sharp({ create: { width, height: 20, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .toFormat(format)
    .toBuffer();

beforeEach(async () => {
  root = await mkdtemp(join(place, 'data-'));
  for (const name of ['cat', 'non-cat']) await mkdir(join(root, 'train', name), { recursive: true });
  await writeFile(join(root, 'train/cat/b.png'), await picture(200, 30));
  await writeFile(join(root, 'train/cat/a.webp'), await picture(100, 90, 'webp'));
  await writeFile(join(root, 'train/cat/.DS_Store'), 'not looked at');
  await writeFile(join(root, 'train/non-cat/z.jpg'), await picture(50, 64, 'jpeg'));
});

const read = (skipBroken = false, progress: Progress = silent, size = { width: 4, height: 2 }) =>
  readPictureFolders({
    ...{ root, split: 'train', classNames: ['non-cat', 'cat'] },
    ...{ size, skipBroken, progress },
  });

test('class by class, by file name, at one size, with progress', async () => {
  const reports: [number, number?][] = [];
  const { examples, files } = await read(false, {
    ...silent,
    update: (_, ...report) => reports.push(report),
  });
  expect(examples).toMatchObject({ rows: 3, features: 24, divisor: 255, labels: Uint8Array.of(0, 1, 1) });
  const reds = [0, 24, 48].map((i) => examples.inputs.subarray(i)[0]);
  [50, 100, 200].forEach((red, row) => expect(Math.abs(reds[row] - red)).toBeLessThanOrEqual(4));
  expect(files.map(({ name }) => name)).toEqual([
    'train/non-cat/z.jpg',
    'train/cat/a.webp',
    'train/cat/b.png',
  ]);
  expect([0, 1, 2].map((row) => examples.origin!(row).file)).toEqual(files.map(({ name }) => name));
  expect(files[2]).toMatchObject({ sha256: sha256(await picture(200, 30)) });
  expect(reports[0]).toEqual([0, 3]);
  expect(reports.at(-1)).toEqual([3, 3]);
});

test('files that are no images by name and content are skipped and listed', async () => {
  for (const name of ['Thumbs.db', 'notes.txt']) await writeFile(join(root, 'train/cat', name), 'no picture');
  await writeFile(join(root, 'train/cat/without-ending'), await picture(90, 20));
  const notes: string[] = [];
  const { examples, files } = await read(false, { ...silent, note: (note) => notes.push(note) });
  expect(examples.rows).toBe(4);
  expect(files.map(({ name }) => name)).toContain('train/cat/without-ending');
  expect(notes).toEqual([
    'skipped 3 files that are not images: train/cat/.DS_Store, train/cat/Thumbs.db, train/cat/notes.txt',
  ]);
});

test.each(['scan.bmp', 'scan.JPG'])(
  '%s that cannot be read is an error, not an unrelated file',
  async (name) => {
    await writeFile(join(root, 'train/cat', name), 'no picture');
    await expect(read()).rejects.toThrow(`Cannot read ${join(root, 'train/cat', name)} as an image`);
  },
);

describe('files that are not pictures', () => {
  const cases: [name: string, make: () => Promise<Buffer | string>][] = [
    ['broken.jpg', async () => (await picture(9, 900, 'jpeg')).subarray(0, 300)],
    ['notes.png', () => Promise.resolve('milk, bread, cat food')],
    ['empty.png', () => Promise.resolve('')],
  ];

  test.each(cases)('%s is named with its path', async (name, make) => {
    await writeFile(join(root, 'train/cat', name), await make());
    await expect(read()).rejects.toThrow(InputError);
    await expect(read()).rejects.toThrow(`Cannot read ${join(root, 'train/cat', name)} as an image: `);
  });

  test("a name reaches nobody's terminal as it is", async () => {
    await writeFile(join(root, 'train/cat', 'a\u001b[31m\u202eb.png'), 'no picture');
    const notes: string[] = [];
    await read(true, { ...silent, note: (note) => notes.push(note) });
    expect(notes[0]).toContain('a?[31m?b.png as an image');
  });

  test('skipBroken leaves all of them out and lists them', async () => {
    for (const [name, make] of cases) await writeFile(join(root, 'train/cat', name), await make());
    const notes: string[] = [];
    const { examples, files } = await read(true, { ...silent, note: (note) => notes.push(note) });
    expect([examples.rows, files.length]).toEqual([3, 3]);
    expect(notes).toHaveLength(4);
    cases.forEach(([name]) =>
      expect(notes.join()).toContain(`skipped: Cannot read ${join(root, 'train/cat', name)}`),
    );
  });

  test('a folder among the pictures, a class that is empty, absent or a file', async () => {
    await mkdir(join(root, 'train/cat/more'));
    await expect(read()).rejects.toThrow(
      `${join(root, 'train/cat/more')}: this is a folder, expected a picture`,
    );
    await rm(join(root, 'train/non-cat/z.jpg'));
    await expect(read()).rejects.toThrow(`${join(root, 'train/non-cat')}: the folder holds no pictures`);
    await writeFile(join(root, 'train/non-cat/only.txt'), 'text');
    await expect(read(true)).rejects.toThrow(`${join(root, 'train/non-cat')}: none of its files can be read`);
    await rm(join(root, 'train/non-cat'), { recursive: true });
    await expect(read()).rejects.toThrow(`${join(root, 'train/non-cat')}": it does not exist`);
    await writeFile(join(root, 'train/non-cat'), 'a file');
    await expect(read()).rejects.toThrow(
      new InputError(
        `cannot read the folder "${join(root, 'train/non-cat')}": a part of the path is a file, not a directory`,
      ),
    );
  });
});

test('more numbers than memory is given are refused before any picture is decoded', async () => {
  await writeFile(join(root, 'train/cat/broken.png'), 'no picture');
  await expect(read(false, silent, { width: 10_000, height: 10_000 })).rejects.toThrow(
    new InputError(
      `${join(root, 'train')}: 4 pictures of 300000000 bytes are more than the 1073741824 bytes held in memory; ` +
        'a smaller --size takes less',
    ),
  );
});

describe('links', () => {
  test('inside the data are followed', async () => {
    await symlink('../non-cat/z.jpg', join(root, 'train/cat/c.jpg'));
    expect((await read()).examples.rows).toBe(4);
  });

  test.each(['a file', 'a class'])('out of the data are not: %s', async (what) => {
    const outside = await mkdtemp(join(place, 'outside-'));
    await writeFile(join(outside, 'secret.png'), await picture(1, 8));
    if (what === 'a class') {
      await rm(join(root, 'train/cat'), { recursive: true });
      await symlink(outside, join(root, 'train/cat'));
    } else await symlink(join(outside, 'secret.png'), join(root, 'train/cat/c.png'));
    const shown = join(root, what === 'a class' ? 'train/cat' : 'train/cat/c.png');
    await expect(read()).rejects.toThrow(
      new InputError(`${shown}: this is a link that leads out of ${root}, which is not followed`),
    );
  });
});
