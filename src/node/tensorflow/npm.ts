/** npm run on a folder of our own, whichever npm script this process may itself be a part of. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { findProgram, runTool, type ToolOptions, type ToolResult } from './tool.ts';

/** Run npm with these arguments in `cwd`. Throws InputError when there is no npm. */
export async function runNpm(
  npmArguments: string[],
  options: ToolOptions & { cwd: string },
): Promise<ToolResult> {
  // Under `npm run` the environment names the project as npm's place of work; here it is another folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name),
    ),
  );
  const besideNode = dirname(process.execPath);
  const script = [
    /^npm-cli\.c?js$/.test(basename(process.env.npm_execpath ?? '')) ? process.env.npm_execpath : undefined,
    join(besideNode, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(besideNode, 'node_modules/npm/bin/npm-cli.js'), // Windows
  ].find((file) => file && existsSync(file));
  if (script) return runTool(process.execPath, [script, ...npmArguments], { ...options, env });
  const npm = findProgram('npm');
  if (npm === undefined)
    throw new InputError('There is no npm in PATH: it comes with Node.js, add its folder to PATH.');
  return runTool(npm, npmArguments, { ...options, env });
}
