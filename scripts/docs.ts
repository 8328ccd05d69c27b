/**
 * Updates the outputs of commands and the pictures in the documents: `npm run docs [page…]`. Transcripts that need real
 * data are skipped unless `ZOO_DATA_DIR` is set.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { mismatches } from './docs/compare.ts';
import { blocksOf, picturesOf, textOf, type Block, type Command, pages, project } from './docs/page.ts';
import { drawn, isAlike } from './docs/picture.ts';
import { Stage } from './docs/stage.ts';

const named = process.argv.slice(2);

for (const page of named.length > 0 ? named : pages()) {
  const path = join(project, page);
  let text = await readFile(path, 'utf8');
  const blocks = blocksOf(text);
  const pictures = picturesOf(text);
  if (blocks.length === 0) continue;
  const stage = await Stage.open();
  try {
    const changes: { block: Block; printed: Command[] }[] = [];
    for (const block of blocks) {
      if (block.data && !process.env.ZOO_DATA_DIR) {
        console.log(`${page}: skipped without real data: ${block.commands[0].line}`);
        continue;
      }
      const printed = await stage.run(block);
      const differing = mismatches(block, printed);
      if (differing.length === 0) continue;
      const hasGaps = differing.some(({ command }) =>
        block.commands.some(({ line, output }) => line === command && /^…$/m.test(output ?? '')),
      );
      if (hasGaps) {
        console.log(`${page}: edit by hand, because it omits lines: ${differing[0].command}`);
        console.log(differing[0].printed.join('\n'));
        process.exitCode = 1;
      } else changes.push({ block, printed });
    }
    for (const { block, printed } of changes.reverse()) text = withOutputs(text, block, printed);
    await writeFile(path, await format(text, { parser: 'markdown', printWidth: 110, singleQuote: true }));
    for (const picture of pictures) await redraw(stage, page, picture);
    console.log(`${page}: ${blocks.length} transcripts, ${changes.length} changed`);
  } finally {
    await stage.close();
  }
}

function withOutputs(text: string, { commands, json, from, to }: Block, printed: Command[]): string {
  const last = commands.length - 1;
  const shown = printed.map((command, i) => (json && i === last ? { ...command, output: '' } : command));
  const end = json
    ? text.slice(to, json.from) + `${printed[last].output ?? ''}\n` + text.slice(json.to)
    : text.slice(to);
  return text.slice(0, from) + textOf(shown) + end;
}

async function redraw(
  stage: Stage,
  page: string,
  picture: ReturnType<typeof picturesOf>[number],
): Promise<void> {
  const now = await drawn(stage, picture);
  if (now === undefined) return console.log(`${page}: skipped, because it was not drawn: ${picture.file}`);
  const path = join(project, 'docs', picture.file);
  if (await isAlike(await readFile(path).catch(() => undefined), now)) return;
  await writeFile(path, now);
  console.log(`${page}: redrew ${picture.file}`);
}
