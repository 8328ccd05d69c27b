import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from '../../../../src/node/files.ts';
import {
  trialsDirectory,
  writeTrial,
  type TrialResult,
  checkSameData,
  onSameData,
} from '../../../../src/runs/sweep/trial-file.ts';
import { writePlan } from '../../../../src/runs/sweep/directory.ts';
import { mergeSweeps } from '../../../../src/runs/sweep/merge.ts';

const data = (...hashes: string[]) => ({
  files: hashes.map((sha256, i) => ({ name: `file-${i}.csv`, bytes: 1, sha256 })),
});
const trial = (id: string, given?: ReturnType<typeof data>): TrialResult => ({
  ...{ id, status: 'complete', backend: 'cpu', epochs: 1, seconds: 1, history: [] },
  ...(given && { dataset: { name: 'own', source: 'dir', fingerprint: id, ...given } }),
});

describe('trials of other data', () => {
  test.each<[string, ReturnType<typeof data>, ReturnType<typeof data>, string | undefined]>([
    ['the same files', data('a', 'b'), data('a', 'b'), undefined],
    ['a changed file', data('a', 'b'), data('a', 'c'), 'file-1.csv is another'],
    ['a further file', data('a'), data('a', 'c'), 'file-1.csv is another'],
    ['real data after a stand-in', data(), data('a'), 'it was drawn then, and is read from files now'],
    ['a stand-in after real data', data('a'), data(), 'it was read from files then, and is drawn now'],
    ['drawn data', data(), data(), undefined],
  ])('%s', (_, then, now, differs) => {
    const check = () => checkSameData('runs/s', [trial('1'.repeat(16)), trial('2'.repeat(16), then)], now);
    const late = onSameData(trial('3'.repeat(16), now), then);
    if (differs === undefined) {
      expect(check).not.toThrow();
      expect(late.status).toBe('complete');
      return;
    }
    expect(check).toThrow(`The trials in runs/s were trained on other data: ${differs}. Put the data back`);
    expect(late).toMatchObject({
      status: 'failed',
      message: `The data changed while the sweep ran: ${differs}.`,
    });
    expect(late.metrics).toBeUndefined();
  });
});

describe('parts of a sweep', () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'zoo-parts-'));
  });
  afterAll(() => rm(place, { recursive: true }));

  test('are not merged where they were trained on different data', async () => {
    const plan = {
      definition: { model: 'gate', fixed: {}, grid: {} },
      backend: 'cpu',
      data: { data: 'auto' },
    } as const;
    const part = async (name: string, id: string, given: ReturnType<typeof data>) => {
      const directory = join(place, name);
      await makeDirectory(trialsDirectory(directory));
      await writePlan(directory, plan);
      await writeTrial(directory, trial(id.repeat(16), given));
      return directory;
    };
    const one = await part('one', '1', data('a'));
    const same = await part('same', '2', data('a'));
    const other = await part('other', '3', data('b'));
    await expect(mergeSweeps([one, same], join(place, 'whole'))).resolves.toBeDefined();
    await expect(mergeSweeps([one, other], join(place, 'mixed'))).rejects.toThrow('trained on other data');
  });
});
