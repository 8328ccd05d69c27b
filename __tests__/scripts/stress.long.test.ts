import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { campaign, leftovers } from '../../scripts/stress/campaign.ts';

const directory = mkdtempSync(join(tmpdir(), 'zoo-stress-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The short form of `npm run stress`: SIGKILL, a closed terminal and a dying `tee`. */
test('training that is killed three times and resumed ends with the weights of a run left alone', async () => {
  const train = 'gate --optimizer adam --epochs 3000 --checkpoint-every 300 --backend cpu'.split(' ');
  const outcome = await campaign({ train, kills: 3, seconds: 60, seed: 5, directory });
  expect(outcome.failures).toEqual([]);
  expect(outcome.runs).toBeGreaterThan(0);
  expect(outcome.identical).toBe(outcome.runs);
  for (let number = 1; number <= outcome.runs; number++) {
    expect(leftovers(join(directory, `run-${number}`))).toEqual([]);
  }
}, 240_000);
