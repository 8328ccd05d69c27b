import { beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PbfReader } from 'pbf';
import { crc32c } from '../../../src/weights/formats/event-file.ts';
import { InputError } from '../../../src/utils/errors.ts';
import type { EpochRecord } from '../../../src/training/types.ts';
import { MetricsLogger, type MetricsFiles } from '../../../src/runs/metrics-logger.ts';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();
const records: Record<string, unknown>[] = [];
const warnings: string[] = [];
const warn = (message: string) => void warnings.push(message);
const second: EpochRecord[] = [1, 2, 3, 4, 5].map((epoch) => ({
  ...{ epoch, loss: 1 / epoch, seconds: epoch, ...(epoch > 1 && { validationLoss: 2 / epoch }) },
}));
beforeAll(async () => {
  await writeFile(join(directory, 'metrics.jsonl'), '{"cut');
  const words = ['train', 'breast-cancer', '--data', 'built-in', '--validation', '0.2', '--no-report'];
  const follow = ['--tensorboard', 'board', '--metrics-file', 'metrics.jsonl'];
  const { code, stderr } = await zoo([...words, '--epochs', '12', '--out', 'runs/first', ...follow], {
    cwd: directory,
  });
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  // Another run, in this process.
  const [metricsFile, tensorboard] = [join(directory, 'metrics.jsonl'), join(directory, 'board')];
  const follower = new MetricsLogger({ metricsFile, tensorboard }, warn);
  await follower.begin('regression', join(directory, 'runs/second'));
  for (const record of second) follower.onEpoch(record);
  follower.end(5, { loss: 0.5, r2: 0.25, rmse: 2, mae: 1, confusionMatrix: [] });
  expect(warnings).toEqual([]);
  const lines = (await readFile(join(directory, 'metrics.jsonl'), 'utf8')).split('\n');
  expect([lines[0], lines.at(-1)]).toEqual(['{"cut', '']);
  records.push(...lines.slice(1, -1).map((line) => JSON.parse(line) as Record<string, unknown>));
}, 120_000);

test('the metrics file gets a line for each epoch of each run, also after one that was cut short', async () => {
  expect(records.map(({ epoch }) => epoch)).toEqual(
    [...Array(12).keys(), ...Array(5).keys()].map((i) => i + 1),
  );
  const { history } = JSON.parse(await readFile(join(directory, 'runs/first/run.json'), 'utf8')) as {
    history: object[];
  };
  const own = records.filter(({ run }) => (run as string).endsWith('first'));
  expect(own.map(({ run: _, model: __, ...record }) => record)).toEqual(history);
  expect(own[0].model).toBe('breast-cancer');
  expect(records.slice(12)).toEqual(
    second.map((record) => ({ run: join(directory, 'runs/second'), model: 'regression', ...record })),
  );
});

test('the check sum is CRC-32C', () => {
  // RFC 3720, B.4, and the usual test of all such sums.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

type Event = { step: number; version?: string; scalars: Record<string, number> };

/** Decoded by a reader that shares nothing with the writer but the package for protocol buffers. */
function eventsIn(bytes: Uint8Array): Event[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unmask = (sum: number) => {
    const turned = (sum - 0xa282ead8) >>> 0;
    return ((turned << 15) | (turned >>> 17)) >>> 0;
  };
  const events: Event[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmask(view.getUint32(at + 8, true))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(at + 12 + length, true))).toBe(crc32c(data));
    at += 16 + length;
    const event: Event = { step: 0, scalars: {} };
    new PbfReader(data).readFields((field, into, pbf) => {
      if (field === 1) expect(Math.abs(pbf.readDouble() - Date.now() / 1000)).toBeLessThan(600);
      else if (field === 2) into.step = pbf.readVarint();
      else if (field === 3) into.version = pbf.readString();
      else if (field === 5)
        pbf.readMessage((tag, _, summary) => {
          if (tag !== 1) return;
          let name = '';
          summary.readMessage((each, __, value) => {
            if (each === 1) name = value.readString();
            else if (each === 2) into.scalars[name] = value.readFloat();
          }, into);
        }, into);
    }, event);
    events.push(event);
  }
  return events;
}

const filesOf = async (run: string, split: string) => {
  const folder = join(directory, 'board', run, split);
  return (await readdir(folder)).map((name) => join(folder, name));
};

test('event files hold every epoch of training and validation, and the test at the end', async () => {
  const own = records.slice(0, 12);
  for (const [split, loss, accuracy] of [
    ['train', 'loss', 'accuracy'],
    ['validation', 'validationLoss', 'validationAccuracy'],
  ]) {
    const [file] = await filesOf('first', split);
    const [version, ...events] = eventsIn(await readFile(file));
    expect(version).toEqual({ step: 0, version: 'brain.Event:2', scalars: {} });
    expect(events).toEqual(
      own.map((record) => ({
        step: record.epoch,
        scalars: {
          epoch_loss: Math.fround(record[loss] as number),
          epoch_accuracy: Math.fround(record[accuracy] as number),
        },
      })),
    );
  }
  const eventsOf = async (split: string) => {
    const files = await filesOf('second', split);
    expect(files).toEqual([expect.stringMatching(/events\.out\.tfevents\.\d{10}\..*\.v2$/)]);
    return eventsIn(await readFile(files[0])).slice(1);
  };
  expect(await eventsOf('train')).toEqual(
    second.map(({ epoch, loss }) => ({ step: epoch, scalars: { epoch_loss: Math.fround(loss) } })),
  );
  expect(await eventsOf('validation')).toEqual(
    second.slice(1).map(({ epoch }) => ({ step: epoch, scalars: { epoch_loss: Math.fround(2 / epoch) } })),
  );
  expect(await eventsOf('test')).toEqual([
    { step: 5, scalars: { epoch_loss: 0.5, epoch_r2: 0.25, epoch_rmse: 2 } },
  ]);
});

const python = process.env.ZOO_PYTHON ?? 'python3';
const hasTensorFlow = spawnSync(python, ['-c', 'import tensorflow']).status === 0;
if (!hasTensorFlow)
  console.info(
    'SKIPPED: event files read by TensorFlow, for there is no Python with it here (or set ZOO_PYTHON).',
  );

(hasTensorFlow ? test : test.skip)('TensorFlow reads the event files', async () => {
  const [file] = await filesOf('first', 'train');
  const code = `import sys, json
from tensorflow.compat.v1.train import summary_iterator
print(json.dumps([[e.step, {v.tag: v.simple_value for v in e.summary.value}] for e in summary_iterator(sys.argv[1])]))`;
  const { stdout, stderr } = spawnSync(python, ['-c', code, file], { encoding: 'utf8' });
  const events = JSON.parse(stdout.trim().split('\n').at(-1) || stderr) as [number, Record<string, number>][];
  expect(events.slice(1)).toEqual(
    eventsIn(await readFile(file))
      .slice(1)
      .map(({ step, scalars }) => [step, scalars]),
  );
});

test('a place that cannot be written is told before training begins', async () => {
  await writeFile(join(directory, 'file'), '');
  const words = ['train', 'gate', '--out', 'never', '--metrics-file', 'file/metrics.jsonl'];
  const { code, stderr } = await zoo(words, { cwd: directory });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/cannot make the directory .*file/)]);
  const begun = (followers: MetricsFiles) => new MetricsLogger(followers, warn).begin('gate', 'never');
  const tensorboard = begun({ tensorboard: join(directory, 'file') });
  await expect(tensorboard).rejects.toThrow(/cannot make the directory .*file/);
  await expect(begun({ metricsFile: directory })).rejects.toThrow(InputError);
  expect(await readdir(directory)).not.toContain('never/weights.json');
});

test('a file that fails is given up with one warning, and nothing else is', async () => {
  const place = join(directory, 'failing');
  const [metricsFile, tensorboard] = [join(place, 'm.jsonl'), join(place, 'board')];
  const told: string[] = [];
  const follower = new MetricsLogger({ metricsFile, tensorboard }, (message) => told.push(message));
  await follower.begin('gate', 'runs/x');
  await writeFile(join(tensorboard, 'x/train'), '');
  for (const epoch of [1, 2]) follower.onEpoch({ epoch, loss: 1, accuracy: 0.5, seconds: 1 });
  follower.end(2);
  expect(told).toEqual([expect.stringMatching(/train.*; training goes on without it\.$/)]);
  expect((await readFile(metricsFile, 'utf8')).split('\n')).toHaveLength(3);
  // What ends in a line goes on without an empty one.
  const again = new MetricsLogger({ metricsFile }, warn);
  await again.begin('gate', 'runs/y');
  again.onEpoch({ epoch: 1, loss: 1, seconds: 1 });
  again.end(1, { loss: 1 });
  expect(JSON.parse((await readFile(metricsFile, 'utf8')).split('\n')[2])).toEqual({
    ...{ run: 'runs/y', model: 'gate', epoch: 1, loss: 1, seconds: 1 },
  });
  expect(await readdir(place)).toEqual(['board', 'm.jsonl']);
});
