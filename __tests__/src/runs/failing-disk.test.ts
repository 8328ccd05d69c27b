/** Runs on a disk that becomes read-only or full: the first error is reported, with the place of the rescued weights. */
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '../../../src/backend/index.ts';
import { run, type RunRequest } from '../../../src/runs/run.ts';
import { lockRunDirectory } from '../../../src/runs/lock.ts';
import { exampleRequest } from '../../helpers/example-run.ts';
import { temporaryDirectory, temporaryDisk } from '../../helpers/temporary.ts';

const place = temporaryDisk('4m');
const onDisk = place === undefined ? test.skip : test;
const disk = place!;
const remount = (mode: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${mode}`, disk]);
const filler = () => join(disk, 'filler');

/** Writes until nothing fits any more. */
function fill(): void {
  const file = openSync(filler(), 'w');
  try {
    for (const size of [65536, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    }
  } finally {
    closeSync(file);
  }
}

const notes: string[] = [];
const request = (out: string, change: Partial<RunRequest> = {}): RunRequest => {
  const example = exampleRequest('adam');
  const progress = { ...example.data.progress, note: (text: string) => void notes.push(text) };
  return { ...example, report: false, data: { ...example.data, progress }, out: join(disk, out), ...change };
};
const after = (epochs: number, event: () => void): Partial<RunRequest> => ({
  hooks: { onEpoch: ({ epoch }) => (epoch === epochs ? event() : undefined) },
});

/** The message of a run that fails, with the directory of the rescued weights, which is removed again. */
async function failure(given: RunRequest): Promise<{ message: string; rescued?: string[] }> {
  const { message } = (await run(given).catch((error: unknown) => error)) as Error;
  const [, rescued] = / are in (\S+) instead/.exec(message) ?? [];
  if (rescued === undefined) return { message };
  const files = readdirSync(rescued).sort();
  rmSync(rescued, { recursive: true });
  return { message, rescued: files };
}

let weights: string;
beforeAll(async () => {
  await useBackend('cpu');
  const { out } = await run({ ...exampleRequest('adam'), report: false, out: temporaryDirectory() });
  weights = readFileSync(join(out, 'weights.json'), 'utf8');
});
afterEach(() => {
  notes.length = 0;
  if (place === undefined) return;
  remount('rw');
  rmSync(filler(), { force: true });
});

onDisk(
  'a disk that becomes read-only is reported with the rescued weights; its lock does not count',
  async () => {
    const given = request(
      'a',
      after(4, () => remount('ro')),
    );
    const { message, rescued } = await failure(given);
    expect(message).toMatch(
      /^cannot write ".*\/a\/weights\.json": the disk is read-only; the trained weights are in \S+ instead$/,
    );
    expect(rescued).toEqual(['run.json', 'weights.json']);
    remount('rw');
    expect(readdirSync(given.out!)).toEqual(['run.lock']);
    const { out } = await run(request('a'));
    expect(readFileSync(join(out, 'weights.json'), 'utf8')).toBe(weights);
  },
);

onDisk('a divergence on such a disk is reported as both', async () => {
  const base = request('b', { onStart: () => void remount('ro') });
  const recipe = { ...base.recipe, optimizer: 'sgd' as const, learningRate: 1e200 };
  const { message, rescued } = await failure({ ...base, recipe });
  expect(message).toMatch(
    /^Training diverged .* They are not saved in \S+\/b: cannot write .* read-only; the trained weights are in \S+ instead\.$/,
  );
  expect(rescued).toEqual(['run.json', 'weights.json']);
});

onDisk('a full disk is reported with the rescued weights and leaves no lock', async () => {
  const given = request('c', { ...after(4, fill), checkpointEvery: { steps: 6 } });
  const { message, rescued } = await failure(given);
  expect(message).toMatch(
    /^cannot write ".*\/c\/weights\.json": the disk is full; the trained weights are in \S+ instead$/,
  );
  expect(rescued).toEqual(['run.json', 'weights.json']);
  expect(notes).toContainEqual(expect.stringMatching(/^No checkpoint: cannot write .*: the disk is full$/));
  expect(readdirSync(given.out!)).not.toContain('run.lock');
});

onDisk('a disk that is full before the run is reported, and no lock stays', async () => {
  const { out } = await run(request('d'));
  fill();
  await expect(lockRunDirectory(out)).rejects.toThrow(/^cannot write ".*run\.lock": the disk is full$/);
  expect(readdirSync(out)).not.toContain('run.lock');
});

onDisk('a disk that becomes full or read-only after the weights are saved is a note', async () => {
  const events = { full: fill, 'read-only': () => remount('ro') };
  for (const [reason, event] of Object.entries(events)) {
    notes.length = 0;
    const { definition } = request('e');
    let calls = 0;
    // The model is created once for training; its picture asks for the name of the definition after the weights are saved.
    const watched = new Proxy(definition, {
      get(target, key) {
        if (key === 'name' && isSaved(reason) && calls++ === 0) event();
        return Reflect.get(target, key) as unknown;
      },
    });
    const { out } = await run({ ...request(reason), definition: watched });
    expect(readFileSync(join(out, 'weights.json'), 'utf8')).toBe(weights);
    expect(notes[0]).toMatch(
      `The run is saved, but not all of its pictures: cannot write "${out}/learning-curve.svg": the disk is ${reason}`,
    );
    remount('rw');
    rmSync(filler(), { force: true });
  }
});

function isSaved(out: string): boolean {
  try {
    return readdirSync(join(disk, out)).includes('run.json');
  } catch {
    return false;
  }
}
