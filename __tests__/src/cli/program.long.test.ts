import { expect, test } from '@jest/globals';
import { zoo } from '../../helpers/zoo.ts';

test('the shell completes commands, models, datasets, options and their choices', async () => {
  const complete = async (...words: string[]) =>
    (await zoo(['--get-yargs-completions', 'zoo', ...words])).stdout.trim().split('\n');
  expect(await complete('')).toEqual(expect.arrayContaining(['train', 'sweep', 'completion']));
  expect(await complete('train', 'br')).toEqual(['breast-cancer']);
  expect(await complete('data', 'm')).toEqual(['mnist']);
  expect(await complete('train', 'mnist', '--')).toEqual(expect.arrayContaining(['--epochs', '--hidden']));
  const { stdout } = await zoo(['completion']);
  expect(stdout).toContain('###-begin-zoo-completions-###');
});

test('the program prints the same help as option and as command', async () => {
  const [help, asOption] = [await zoo(['help', 'export']), await zoo(['export', '--help'])];
  expect(help).toEqual(asOption);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Examples:');
  expect((await zoo(['help'])).stdout).toContain('zoo train <model>');
});
