import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeIdx } from '../../datasets/formats/write-idx.ts';
import { zoo } from '../../helpers/zoo.ts';

jest.setTimeout(240_000);

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'zoo-peak-'));
  // Writes down the most memory that the process ever had.
  writeFileSync(
    join(place, 'peak.cjs'),
    "process.on('exit', () => require('node:fs').writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)));",
  );
});
afterAll(() => rmSync(place, { recursive: true }));

/** Black images but for some of the first; what is not written takes no disk. */
function putImages(folder: string, name: string, rows: number) {
  mkdirSync(join(place, folder, 'mnist'), { recursive: true });
  const file = openSync(join(place, folder, 'mnist', `${name}-images-idx3-ubyte`), 'w');
  writeSync(file, writeIdx([rows, 28, 28], []));
  writeSync(
    file,
    Uint8Array.from({ length: 78_400 }, (_, i) => (i * i) % 256),
  );
  ftruncateSync(file, 16 + rows * 784);
  closeSync(file);
  const labels = Uint8Array.from({ length: rows }, (_, i) => i % 10);
  writeFileSync(join(place, folder, 'mnist', `${name}-labels-idx1-ubyte`), writeIdx([rows], labels));
}

async function train(folder: string, dataMemory: number) {
  const [out, peak] = [`run-${folder}-${dataMemory}`, join(place, 'peak')];
  const settings = [
    '--hidden',
    '1',
    '--batch-size',
    '1000',
    '--epochs',
    '1',
    '--backend',
    'wasm',
    '--no-report',
  ];
  const { code, stderr } = await zoo(
    ['train', 'mnist', ...settings, '--data-dir', folder, '--data-memory', String(dataMemory), '--out', out],
    { cwd: place, env: { NODE_OPTIONS: `--require ${join(place, 'peak.cjs')}`, PEAK: peak } },
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining('training and')]);
  return {
    notes: stderr.split('\n').filter((line) => line.includes('stay on disk')),
    mebibytes: Number(readFileSync(peak, 'utf8')) / 1024,
    weights: readFileSync(join(place, out, 'weights.json'), 'utf8'),
  };
}

test('200 MiB of rows take no more memory than few rows do where 64 MiB are allowed', async () => {
  for (const folder of ['few', 'many']) {
    putImages(folder, 'train', folder === 'few' ? 2000 : 267_500);
    putImages(folder, 't10k', 1000);
  }
  const few = await train('few', 64);
  const onDisk = await train('many', 64);
  const inMemory = await train('many', 512);
  expect([few.notes, onDisk.notes, inMemory.notes]).toEqual([
    [],
    ['267500 training rows (200 MiB) stay on disk: more than --data-memory 64'],
    [],
  ]);
  expect(onDisk.weights).toBe(inMemory.weights);
  expect(onDisk.mebibytes - few.mebibytes).toBeLessThan(100);
  // What the collector has not given back of the few counts on both sides.
  expect(inMemory.mebibytes - few.mebibytes).toBeGreaterThan(150);
});
