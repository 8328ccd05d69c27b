/** Every reader of the zoo, with valid inputs of a few kilobytes. */
import sharp from 'sharp';
import { gzipSync } from 'node:zlib';
import { readHdf5 } from '../../datasets/formats/hdf5.ts';
import { parseWdbc } from '../../datasets/formats/wdbc.ts';
import { parseIdxImages, parseIdxLabels, idxFileLength } from '../../datasets/formats/idx.ts';
import { unzip } from '../../datasets/formats/unzip.ts';
import { models } from '../../models/index.ts';
import { formatCheckpoint, parseCheckpoint, type Checkpoint } from '../../src/saved/checkpoint.ts';
import { InputError } from '../../src/core/errors.ts';
import { decodeBytes } from '../../src/node/image.ts';
import { rowFromValues } from '../../src/core/scoring/row-from-values.ts';
import { formatJson, parseJson } from '../../src/saved/json.ts';
import { checkedOptions } from '../../src/core/option-values.ts';
import { toVariables, toValues, disposeAll } from '../../src/core/parameters.ts';
import { predict } from '../../src/core/scoring/predict.ts';
import { RandomState } from '../../src/core/random.ts';
import { resume } from '../../src/runs/resumption.ts';
import { parseRun } from '../../src/saved/run-record.ts';
import { weightsFrom } from '../../src/saved/saved-model.ts';
import type { LoadedRun } from '../../src/runs/request.ts';
import { runJson } from '../../src/runs/save.ts';
import { weightsJson } from '../../src/saved/trained-model.ts';
import { loadRun, scoreRun, trainRun } from '../../src/runs/stages.ts';
import { importReaders } from './imports.ts';
import type { Reader } from './judge.ts';
import { exampleRequest } from '../../__tests__/helpers/example-run.ts';

const text = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('not UTF-8');
  }
};
const bytes = (content: string): Uint8Array => Buffer.from(content);

/** @throws Error when something that was accepted is not sound */
function assertSound(sound: boolean, what: string): void {
  if (!sound) throw new Error(`accepted, but ${what}`);
}

function readWeights(input: Uint8Array): void {
  const { file, model, parameters, features } = weightsFrom(text(input), 'weights.json');
  const [{ label, probabilities }] = predict(
    model,
    parameters,
    new Float64Array(features).fill(0.5),
    features,
    file,
  );
  assertSound(typeof label === 'string', `predicts the label ${String(label)}`);
  const sum = probabilities.reduce((total, p) => total + p, 0);
  assertSound(Math.abs(sum - 1) < 1e-3, `its probabilities sum to ${sum}`);
}

/** Files as real runs leave them: two models, with and without the state of an optimiser. The backend is `cpu`. */
async function exampleFiles() {
  const runs: { loaded: LoadedRun; weights: string; run: string; checkpoint: string }[] = [];
  for (const optimizer of ['sgd', 'adam'] as const) {
    const loaded = await loadRun(exampleRequest(optimizer));
    let steps = 0;
    const { result, status } = await trainRun(loaded, { shouldStop: () => ++steps === 3 });
    const { request, model, identity, dataset } = loaded;
    const metrics = scoreRun(loaded, result);
    const report = { request, model, identity, dataset, status, result, metrics, out: '' };
    const checkpoint: Checkpoint = {
      format: 'backprop-zoo/checkpoint',
      version: 1,
      run: identity,
      data: { data: 'auto' },
      state: result.interrupted!,
    };
    runs.push({
      loaded,
      weights: weightsJson(report),
      run: runJson(report),
      checkpoint: formatCheckpoint(checkpoint),
    });
  }
  return runs;
}

function readCheckpoint(input: Uint8Array, { model, dataset, identity }: LoadedRun): void {
  const { state } = resume(parseCheckpoint(text(input), 'checkpoint.json'), identity, model, dataset, true);
  const parameters = toVariables(state.parameters);
  const finite = Object.values(toValues(parameters)).every(({ values }) => values.every(Number.isFinite));
  disposeAll(parameters);
  assertSound(finite, 'a parameter is not finite');
}

function idx(dimensions: number[], random: RandomState): Uint8Array {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length, 0);
  dimensions.forEach((length, i) => header.writeUInt32BE(length, 4 + 4 * i));
  const size = dimensions.reduce((product, length) => product * length, 1);
  return Buffer.concat([header, Uint8Array.from(random.randint(0, 10, size))]);
}

function table(layout: 'csv' | 'wdbc', random: RandomState): Uint8Array {
  const rows = Array.from({ length: 40 }, (_, row) => {
    const values = Array.from(random.rand(30), (value) => value.toFixed(4)).join(',');
    return layout === 'csv' ? `${values},${row % 2}` : `${8000 + row},${row % 2 ? 'B' : 'M'},${values}`;
  });
  return bytes([...(layout === 'csv' ? ['40,30,malignant,benign'] : []), ...rows, ''].join('\n'));
}

async function pictures(random: RandomState): Promise<Uint8Array[]> {
  const raw = { width: 24, height: 20, channels: 3 } as const;
  const image = () => sharp(Uint8Array.from(random.randint(0, 256, 24 * 20 * 3)), { raw });
  return Promise.all([
    image().png().toBuffer(),
    image().jpeg().toBuffer(),
    image().webp().toBuffer(),
    image().gif().toBuffer(),
    image().tiff().toBuffer(),
  ]);
}

async function hdf5(): Promise<Uint8Array> {
  const { File, ready } = await import('h5wasm');
  const { FS } = await ready;
  const file = new File('/sample.h5', 'w');
  file.create_dataset({ name: 'train_set_x', data: new Uint8Array(2 * 12), shape: [2, 2, 2, 3] });
  file.create_dataset({ name: 'train_set_y', data: BigInt64Array.from([0n, 1n]), shape: [2, 1] });
  file.close();
  return FS.readFile('/sample.h5').slice();
}

/** All readers; the `cpu` backend must be in use. */
export async function createReaders(): Promise<Reader[]> {
  const random = new RandomState(7);
  const runs = await exampleFiles();
  const saved = weightsFrom(runs[0].weights, 'weights.json');
  const labels = idx([30], random);
  const images = idx([3, 28, 28], random);
  return [
    {
      name: 'weights.json',
      samples: runs.map(({ weights }) => bytes(weights)),
      json: true,
      read: readWeights,
    },
    {
      name: 'run.json',
      json: true,
      samples: runs.map(({ run }) => bytes(run)),
      read(input) {
        const { model, options } = parseRun(text(input), 'run.json');
        if (Object.hasOwn(models, model)) checkedOptions(models[model], options, 'run.json');
      },
    },
    ...runs.map(({ checkpoint, loaded }) => ({
      name: `checkpoint.json (${loaded.request.recipe.optimizer})`,
      json: true,
      samples: [bytes(checkpoint)],
      read: (input: Uint8Array) => readCheckpoint(input, loaded),
    })),
    {
      name: 'model options',
      json: true,
      samples: [bytes('{"hidden":128,"activation":"relu"}'), bytes('{"hidden":1,"activation":"sigmoid"}')],
      read(input) {
        const given = parseJson(text(input), 'options');
        if (typeof given !== 'object' || given === null) throw new InputError('no object');
        const checked = checkedOptions(models.mnist, given as Record<string, unknown>, 'options');
        assertSound((checked.hidden as number) <= 4096, 'hidden is beyond its limit');
      },
    },
    {
      name: 'lines of predict',
      json: true,
      samples: [bytes('[0,1]'), bytes('{"values":[0.5,-1e-3]}')],
      read(input) {
        const parsed = parseJson(text(input), 'line 1');
        const values = Array.isArray(parsed) ? parsed : (parsed as { values?: unknown } | null)?.values;
        const row = rowFromValues(saved, values, 'line 1');
        assertSound(row.length === saved.features && row.every(Number.isFinite), 'the row is not sound');
      },
    },
    {
      name: 'JSON',
      json: true,
      samples: [bytes(formatJson({ a: [1, 2], b: { c: 'd' } }))],
      read: (input) => parseJson(text(input), 'x'),
    },
    ...(await importReaders(saved)),
    {
      name: 'IDX',
      samples: [images, labels],
      read: (input) =>
        input[3] === 1 ? parseIdxLabels(input, 'labels', 10) : parseIdxImages(input, 'images', 28, 28),
    },
    {
      name: 'gzip',
      samples: [gzipSync(images)],
      read: (input) => unzip(input, 'images.gz', (start) => idxFileLength(start, 'images.gz', 3, 1e7)),
    },
    ...(['csv', 'wdbc'] as const).map((layout) => ({
      name: `breast-cancer table (${layout})`,
      samples: [table(layout, random)],
      read(input: Uint8Array) {
        const { inputs } = parseWdbc(input, layout, layout);
        assertSound(inputs.every(Number.isFinite), 'a cell is not finite');
      },
    })),
    {
      name: 'HDF5',
      samples: [await hdf5()],
      most: 500,
      read: (input) => readHdf5(input, 'cats.h5', ['train_set_x', 'train_set_y'], 1e6),
    },
    {
      name: 'pictures',
      samples: await pictures(random),
      async read(input) {
        const size = { width: 8, height: 8 };
        const { pixels } = await decodeBytes(input, 'picture', { resize: size });
        assertSound(pixels.length === 8 * 8 * 3, `${pixels.length} numbers came out`);
      },
    },
  ];
}
