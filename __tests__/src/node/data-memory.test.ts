import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { silent } from '../../../src/core/progress.ts';
import { RowsOnDisk } from '../../../datasets/formats/rows-on-disk.ts';
import { run } from '../../../src/runs/run.ts';
import { type RunRequest } from '../../../src/runs/request.ts';
import { readCheckpoint } from '../../../src/runs/save.ts';
import { loadRunRecord } from '../../../src/runs/load.ts';
import { closeDataset } from '../../../src/core/data/stored-inputs.ts';
import { readRun, verify } from '../../../src/runs/verify.ts';
import { defaultsOf } from '../../../src/core/entry.ts';
import { writeIdx } from '../../datasets/formats/write-idx.ts';

let place: string;
beforeAll(async () => {
  await useBackend('wasm');
  place = mkdtempSync(join(tmpdir(), 'zoo-memory-'));
  const folder = join(place, 'mnist');
  mkdirSync(folder);
  for (const [name, rows] of Object.entries({ train: 90, t10k: 30 })) {
    const pixels = Uint8Array.from({ length: rows * 784 }, (_, i) => (i * i + (i >> 6)) % 251);
    const images = writeIdx([rows, 28, 28], pixels);
    // One of each kind.
    const packed = name === 'train' ? gzipSync(images) : images;
    writeFileSync(join(folder, `${name}-images-idx3-ubyte${name === 'train' ? '.gz' : ''}`), packed);
    writeFileSync(
      join(folder, `${name}-labels-idx1-ubyte`),
      writeIdx(
        [rows],
        pixels.subarray(0, rows).map((p) => p % 10),
      ),
    );
  }
});
afterAll(() => rmSync(place, { recursive: true }));

const large = 2 ** 20;
const tiny = 3000;
let runs = 0;

function request(dataMemory: number, change: Partial<RunRequest> = {}): RunRequest {
  const entry = models.mnist;
  const data = { data: 'dir', dataDir: place, cacheDir: join(place, 'cache'), seed: 1, options: {} } as const;
  return {
    entry,
    options: { ...defaultsOf(entry), hidden: 3 },
    asPrinted: false,
    recipe: { ...entry.recipe, epochs: 3, batchSize: 20, validation: 0.2 },
    ...{ gradients: 'manual', backend: 'wasm', recordEvery: 1 },
    data: { ...data, dataMemory, progress: silent },
    ...{ report: false, out: join(place, `run-${runs++}`) },
    ...change,
  };
}

const content = (out: string, name: string) => readFileSync(join(out, name), 'utf8');

test('the memory for data leaves no trace in a run, however often it changes', async () => {
  const whole = await run(request(large));
  const disk = await run(request(tiny));
  expect([whole, disk].map(({ dataset }) => dataset.train.inputs instanceof RowsOnDisk)).toEqual([
    false,
    true,
  ]);
  expect(content(disk.out, 'weights.json')).toBe(content(whole.out, 'weights.json'));
  const [one, other] = await Promise.all([whole, disk].map(({ out }) => loadRunRecord(out)));
  expect([other.identity, other.metrics]).toEqual([one.identity, one.metrics]);
  expect(readdirSync(disk.out).sort()).toEqual(readdirSync(whole.out).sort());

  let step = 0;
  const stopped = await run(request(tiny, { hooks: { shouldStop: () => ++step === 6 } }));
  expect(stopped.status).toBe('interrupted');
  const { out } = stopped;
  const resumed = await run(
    request(large, { out, resume: { checkpoint: await readCheckpoint(out, models.mnist), force: false } }),
  );
  expect(content(out, 'weights.json')).toBe(content(whole.out, 'weights.json'));
  expect(resumed.status).toBe('complete');

  const { verified } = await verify(await readRun(whole.out), request(tiny).data);
  expect(verified).toBe(true);

  // Damage of the same length under the time of the good file: to verify is to read the original again.
  const unpacked = join(place, 'cache', 'unpacked');
  const [damaged] = readdirSync(unpacked).map((name) => join(unpacked, name));
  const { atime, mtime } = statSync(damaged);
  writeFileSync(damaged, readFileSync(damaged).fill(7, 16));
  utimesSync(damaged, atime, mtime);
  expect(await verify(await readRun(disk.out), request(tiny).data)).toMatchObject({ verified: true });
  for (const { dataset } of [disk, stopped]) closeDataset(dataset);
});
