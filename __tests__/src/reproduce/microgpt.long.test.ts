/** All of microgpt, where its names are at hand. */
import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import printed from '../../../src/reproduce/printed/microgpt.json' with { type: 'json' };
import { makemore, microgpt, runMicrogpt } from '../../../src/reproduce/microgpt.ts';
import { contextWithoutData } from '../../helpers/reproduction.ts';

const { ZOO_DATA_DIR: dataDir = '' } = process.env;
const withNames = existsSync(join(dataDir, 'names/names.txt')) ? test : test.skip;
const data = { data: 'dir', dataDir, cacheDir: '' } as const;

withNames(
  'in double precision every printed loss and name comes out, and makemore’s two losses',
  async () => {
    const context = {
      ...contextWithoutData('float64'),
      data,
      runMicrogpt,
      missingData: () => Promise.resolve(undefined),
    };
    const rows = [await microgpt(context), await makemore(context)].flatMap(({ rows }) => rows!);
    expect(rows).toHaveLength(1022);
    expect(rows.filter(({ reproduced }) => !reproduced)).toEqual([]);
  },
);

withNames('in single precision the names are the same, and the losses within rounding', async () => {
  const { losses, names } = await runMicrogpt({ backend: 'wasm', data });
  expect(names).toEqual(printed.names);
  const apart = losses.map((loss, step) => Math.abs(loss - Number(printed.losses[step])));
  expect(Math.max(...apart)).toBeLessThan(2e-4);
});
