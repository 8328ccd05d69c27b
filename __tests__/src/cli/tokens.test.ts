/** What commands say of text, and of models that predict it. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '../../../src/backend/index.ts';
import { generate } from '../../../src/estimator/generate.ts';
import { loadWeights } from '../../../src/runs/load.ts';
import { run } from '../../../src/runs/run.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { plainText } from '../../helpers/plain-text.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { tokenRequest } from '../../helpers/token-run.ts';
import { zooHere } from '../../helpers/zoo-here.ts';

const directory = temporaryDirectory();
const zoo = (...args: string[]) => zooHere(args, directory);

beforeAll(async () => {
  await useBackend('cpu');
  for (const model of ['bigram', 'rnn']) {
    await run({ ...(await tokenRequest(model)), out: join(directory, model), report: false });
  }
});

describe('zoo data', () => {
  test('shows symbols, counts, the longest row and some rows of a task', async () => {
    const { stdout, code } = await zoo('data', 'addition');
    expect(code).toBe(0);
    expect(stdout).toContain('addition: source built-in, 13 symbols, least possible loss 0.0000 nats');
    // Three digits and the end of each sum; nine characters and the boundary before them.
    expect(stdout).toMatch(/train +9000 +36000 +10\n/);
    expect(stdout).toMatch(/<end> +9000 \(25.0 %\) +1000 \(25.0 %\)/);
    expect(stdout).toMatch(/"\d\d\+\d\d=\d\d\d"/);
  });

  test('counts each character of a text once, and names none that is not there', async () => {
    writeFileSync(join(directory, 'book.txt'), 'abcd\n'.repeat(400));
    const { stdout } = await zoo('data', 'text', '--data-file', 'book.txt', '--json');
    const { classNames, splits, rows } = JSON.parse(stdout) as {
      classNames: string[];
      splits: { name: string; rows: number; targets: number; perSymbol: number[] }[];
      rows: string[];
    };
    expect(classNames).toEqual(['\n', 'a', 'b', 'c', 'd']);
    expect(splits[0]).toMatchObject({ name: 'train', rows: 1784, targets: 1799 });
    expect(splits[0].perSymbol).toEqual([360, 359, 360, 360, 360]);
    expect(rows.slice(0, 2)).toEqual(['abcd\nabcd\nabcd\nab', 'bcd\nabcd\nabcd\nabc']);
    expect(await zoo('data', 'text', '--data-file', 'book.txt', '--show')).toMatchObject({ code: 2 });
  });
});

describe('models of tokens', () => {
  test('are evaluated by loss, perplexity and accuracy', async () => {
    const { stdout, code } = await zoo('evaluate', 'bigram');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^test loss [\d.]+ nats per character of 4000 characters, perplexity [\d.]+, accuracy [\d.]+ %\n$/,
    );
  });

  test('are not evaluated on other characters', async () => {
    const { stderr, code } = await zoo('evaluate', 'bigram', '--json', '--data-file', 'book.txt');
    expect(code).toBe(2);
    expect(stderr).toContain('book.txt has the character "a", which the model does not know.');
    writeFileSync(join(directory, 'sums.txt'), '12+34=046\n1=1\n');
    const { stdout } = await zoo('evaluate', 'bigram', '--data-file', 'sums.txt');
    // Nine characters and three, and two ends.
    expect(stdout).toContain('of 14 characters');
  });

  test('are compared over steps, by loss', async () => {
    const { stdout, code } = await zoo('compare', 'bigram', 'rnn');
    expect(code).toBe(0);
    expect(stdout).toMatch(/run +steps +seconds +training +test +test loss\n/);
    expect(stdout).toMatch(/bigram +12 +[\d.]+ +\d\.\d{4} +\d\.\d{4}/);
  });

  test('say which command makes text', async () => {
    const { stderr, code } = await zoo('predict', 'bigram', 'x.png');
    expect(code).toBe(2);
    expect(stderr).toContain('bigram predicts the next character: use zoo generate bigram.');
    const { stdout } = await zoo('generate', 'bigram', '--prompt', '12+34=', '--count', '2');
    expect(stdout).toMatch(/^12\+34=[\d+=]*\n12\+34=[\d+=]*\n$/);
  });

  test('always take the most probable character at temperatures near 0', async () => {
    const textsAt = async (temperature: string) =>
      (await zoo('generate', 'bigram', '--prompt', '1', '--temperature', temperature)).stdout;
    const [near, nearest] = [await textsAt('1e-9'), await textsAt('1e-320')];
    expect(new Set(near.trim().split('\n')).size).toBe(1);
    expect(nearest).toBe(near);
    for (const temperature of ['0', '-1', 'NaN', 'Infinity']) {
      const { code, stderr } = await zoo('generate', 'bigram', '--temperature', temperature);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/--temperature takes a number above 0, not .+\.\n$/),
      ]);
    }
  });

  test('generate the same texts in a program, and reject options out of range', async () => {
    const saved = await loadWeights(join(directory, 'bigram'));
    const options = { prompt: '12+', count: 3, seed: 7, temperature: 0.5 };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    expect((await zoo('generate', 'bigram', ...words)).stdout).toBe(
      `${(await generate(saved, options)).join('\n')}\n`,
    );
    await expect(generate(saved, { count: 0 })).rejects.toThrow(InputError);
    await expect(generate(saved, { temperature: 0 })).rejects.toThrow(InputError);
    await expect(generate(saved, { prompt: 'é' })).rejects.toThrow('The prompt has the character "é"');
  });

  test('train by steps where both steps and epochs are given, and say so; the report lists what counts', async () => {
    const words = ['train', 'bigram', '--corpus', 'addition', '--backend', 'cpu', '--out', 'both'];
    const { code, stderr, stdout } = await zoo(...words, '--steps', '1', '--epochs', '5');
    expect(code).toBe(0);
    expect(stderr).toContain('--epochs is ignored: --steps 1 says how long to train.');
    expect(stdout).toMatch(/^trained +1 step in /);
    const report = plainText(readFileSync(join(directory, 'both/report.html'), 'utf8'));
    expect(report).toContain('\nsteps\n1\n');
    expect(report).not.toMatch(/^epochs$/m);
  });
});
