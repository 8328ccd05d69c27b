/** Every output that the documents show is what the commands print today, and every picture what they draw. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mismatches } from '../../scripts/docs/compare.ts';
import { blocksOf, picturesOf, pages, project } from '../../scripts/docs/page.ts';
import { drawn, isAlike } from '../../scripts/docs/picture.ts';
import { Stage } from '../../scripts/docs/stage.ts';

const minutes = 60_000;
const written = pages().map((page) => {
  const text = readFileSync(join(project, page), 'utf8');
  return { page, blocks: blocksOf(text), pictures: picturesOf(text) };
});

test('the documents contain transcripts', () => {
  expect(written.flatMap(({ blocks }) => blocks).length).toBeGreaterThanOrEqual(8);
});

describe.each(written.filter(({ blocks }) => blocks.length > 0))('$page', ({ blocks, pictures }) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  for (const block of blocks) {
    const [{ line }] = block.commands;
    const needsData = block.data && !process.env.ZOO_DATA_DIR;
    if (needsData) console.info(`SKIPPED for want of real data (set ZOO_DATA_DIR): ${line}`);
    (needsData ? test.skip : test)(
      line,
      async () => expect(mismatches(block, await stage.run(block))).toEqual([]),
      10 * minutes,
    );
  }

  for (const picture of pictures) {
    test(
      `${picture.file} is ${picture.source}`,
      async () => {
        const now = await drawn(stage, picture);
        if (now === undefined) return console.info(`SKIPPED: ${picture.file} could not be drawn here.`);
        expect(await isAlike(await readFile(join(project, 'docs', picture.file)), now)).toBe(true);
      },
      2 * minutes,
    );
  }
});
