import { expect, test } from '@jest/globals';
import { differenceOf, readersWith } from '../../../helpers/foreign-readers/readers.ts';
import { drawRows } from '../../../../src/weights/export/export-model.ts';
import { savedSequences, savedZoo } from '../../../helpers/saved.ts';

const models = Object.entries({ ...savedZoo, ...savedSequences }).map(
  ([name, saved]) => [name, saved()] as const,
);

test.each(readersWith('python3').map((reader) => [reader.name, reader] as const))(
  '%s reads what the zoo exports',
  async (name, reader) => {
    if ((await reader.version()) === undefined) {
      console.info(`SKIPPED what ${name} makes of the exports, for it is not installed here.`);
      return;
    }
    const differences: Record<string, number> = {};
    const takesTokens = !['layers', 'js'].includes(reader.format);
    for (const [model, saved] of models) {
      if (saved.model.task === 'next-token' && !takesTokens) continue;
      const difference = await differenceOf(reader, saved, drawRows(saved, 10));
      if (!(difference <= reader.tolerance)) differences[model] = difference;
    }
    expect(differences).toEqual({});
  },
  300_000,
);
