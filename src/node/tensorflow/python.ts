/** Python interpreters: which there are, what TensorFlow they hold, what their pip can fetch. */
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from '../../core/schema.ts';
import { InputError } from '../../core/errors.ts';
import { causeOf, findProgram, runTool, type Progress } from './tool.ts';

/** An interpreter, with the folder of the `tensorflow` package it would import, if it has one. */
export interface Python {
  program: string;
  version: string;
  tensorflow: string | null;
}

// Looks the package up without importing it, which would take seconds.
const PROBE = `
import importlib.util, json, sys
found = importlib.util.find_spec("tensorflow")
places = list(found.submodule_search_locations or []) if found else []
print(json.dumps({"version": sys.version.split()[0], "tensorflow": places[0] if places else None}))
`;

const probeSchema = z.object({ version: z.string(), tensorflow: z.nullable(z.string()) });

/** Ask the interpreter called `name` (a command or a path). Throws InputError when there is none or it does not run. */
export async function probePython(name: string): Promise<Python> {
  const program = findProgram(name);
  if (program === undefined)
    throw new InputError(
      `There is no Python at ${name}: give an interpreter such as python3, or a wheel file (.whl).`,
    );
  // Away from the current folder, whose own files would otherwise count as packages.
  const result = await runTool(program, ['-c', PROBE], { cwd: tmpdir() });
  try {
    return { program, ...probeSchema.parse(JSON.parse(result.lines.at(-1) ?? '')) };
  } catch {
    throw new InputError(`${program} does not work as a Python 3 interpreter: ${causeOf(result)}.`);
  }
}

/** The machine's own Python 3. Throws InputError when there is none. */
export async function defaultPython(): Promise<Python> {
  const program = findProgram('python3', 'python');
  if (program === undefined)
    throw new InputError(
      'Python 3 was not found (tried python3, python): install it, the build of the addon needs it.',
    );
  return probePython(program);
}

/** Let pip download a TensorFlow wheel into `folder`; resolves to the wheel file. Throws InputError when it cannot. */
export async function downloadWheel(python: Python, folder: string, progress: Progress): Promise<string> {
  await mkdir(folder, { recursive: true });
  let cause = '';
  for (const name of ['tensorflow-cpu', 'tensorflow']) {
    progress(
      `${python.program} has no TensorFlow: downloading the ${name} wheel with its pip (about 250 MB)`,
    );
    const result = await runTool(
      python.program,
      // prettier-ignore
      ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--retries', '1', '--progress-bar', 'off', '--dest', folder, name],
      { cwd: tmpdir(), onWait: (seconds) => progress(`still downloading ${name} (${seconds} s)`) },
    );
    const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
    if (result.succeeded && wheel) return join(folder, wheel);
    cause ||= causeOf(result);
    if (/No module named pip/.test(cause)) break;
  }
  throw new InputError(
    `${python.program} (Python ${python.version}) has no TensorFlow, and its pip offers no wheel of it (${cause}): ` +
      'install tensorflow there, or download a wheel elsewhere and give --from-python <file.whl>.',
  );
}
