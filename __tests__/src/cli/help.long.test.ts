import { expect, test } from '@jest/globals';
import { commandNames } from '../../../src/cli/commands.ts';
import { zoo } from '../../helpers/zoo.ts';

test('the help of every command exits with 0, shows an example and fits into 80 columns', async () => {
  for (const command of commandNames) {
    const { code, stdout, stderr } = await zoo([command, '--help']);
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`Examples:\\s+zoo ${command}`));
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
}, 300_000);
