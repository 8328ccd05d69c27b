/** Inputs for tests of `predict`: weights with known predictions, images and tables. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { zooHere } from '../../helpers/zoo-here.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const weightsFile = (model: string, more: object) =>
  JSON.stringify({ format: 'backprop-zoo/weights', version: 1, model, training: {}, metrics: {}, ...more });

/** Cats are red here: the probability is σ of the mean of red minus the mean of blue, times a hundred. */
const cats = weightsFile('cats', {
  classNames: ['non-cat', 'cat'],
  parameters: {
    weights: {
      shape: [12288, 1],
      dtype: 'float32',
      values: Array.from({ length: 12288 }, (_, i) => [100, 0, -100][i % 3] / 4096),
    },
    bias: { shape: [1], dtype: 'float32', values: [0] },
  },
  preprocessing: { kind: 'image', height: 64, width: 64, channels: 3, divisor: 255 },
});

/** OR, nearly: probabilities .12, .5, .5, .88. */
const gate = weightsFile('gate', {
  options: { gate: 'or' },
  classNames: ['0', '1'],
  parameters: {
    weights: { shape: [2, 1], dtype: 'float32', values: [2, 2] },
    bias: { shape: [1], dtype: 'float32', values: [-2] },
  },
  preprocessing: { kind: 'none' },
});

/** The class is the column of the picture's brightest quarter, or whatever comes out: only the ranking matters. */
const digits = weightsFile('mnist', {
  options: { hidden: 1, activation: 'relu' },
  classNames: Array.from('0123456789'),
  parameters: {
    hiddenWeights: { shape: [784, 1], dtype: 'float32', values: new Array(784).fill(0) },
    hiddenBias: { shape: [1], dtype: 'float32', values: [1] },
    outputWeights: { shape: [1, 10], dtype: 'float32', values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    outputBias: { shape: [10], dtype: 'float32', values: new Array(10).fill(0) },
  },
  preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
});

export const colors = { red: '#d02020', blue: '#2020d0' };
export const picture = (colour: string, width = 90, height = 70) =>
  sharp({ create: { width, height, channels: 3, background: colour } });

/** A directory with all of it. */
export async function makeInputs(): Promise<string> {
  const directory = temporaryDirectory();
  await mkdir(join(directory, 'zoo photos/deeper'), { recursive: true });
  const write = (name: string, content: string) => writeFile(join(directory, name), content);
  await write('cats.json', cats);
  await write('gate.json', gate);
  await write('digits.json', digits);
  await picture(colors.red).png().toFile(join(directory, 'zoo photos/a red.png'));
  await picture(colors.blue).jpeg().toFile(join(directory, 'zoo photos/b.JPG'));
  await picture(colors.red).webp().toFile(join(directory, 'zoo photos/deeper/c.webp'));
  await write('zoo photos/notes.txt', 'not a picture');
  await mkdir(join(directory, 'broken'));
  await picture(colors.red).png().toFile(join(directory, 'broken/good.png'));
  await write('broken/bad.png', 'not a picture');
  await write('rows.csv', 'x1,x2\n0,0\n1,1\n0,1\n');
  await write('plain.csv', '0,0\n1,1\n');
  await write('rows.jsonl', '[1,1]\n\n{"values":[0,0]}\n');
  return directory;
}

export interface Document {
  model: string;
  predictions: {
    input: string;
    label: string;
    probabilities: number[];
    top?: { label: string; probability: number }[];
  }[];
}
/** What the tests of one directory call. */
export function commandsIn(directory: string) {
  const predict = (args: string[], input?: string) =>
    zooHere(['predict', ...args, '--backend', 'cpu'], directory, input);
  const predictions = async (args: string[], input?: string) => {
    const { code, stdout, stderr } = await predict([...args, '--json'], input);
    if (code !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as Document).predictions;
  };
  return { predict, predictions };
}
