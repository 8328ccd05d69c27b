import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a program in its own process prints as JSON, with `tf` loaded from a package and `state()`, which lists what differs from the first call. */
export async function printedBy(tfPackage: string, program: string): Promise<unknown> {
  const whole = `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const tf = require('${tfPackage}');
    const kernelNames = Object.values(tf).filter((value) => typeof value === 'string');
    const flagNames = [
      ...['CHECK_COMPUTATION_FOR_ERRORS', 'DEBUG', 'DEPRECATION_WARNINGS_ENABLED', 'IS_TEST', 'PROD'],
      'TENSORLIKE_CHECK_SHAPE_CONSISTENCY',
    ];
    const snapshot = () => new Map([
      ...Reflect.ownKeys(tf.Tensor.prototype).map((name) => {
        const { value, get } = Object.getOwnPropertyDescriptor(tf.Tensor.prototype, name);
        return ['method ' + String(name), value ?? get];
      }),
      ...kernelNames.map((name) => ['gradient ' + name, tf.getGradient(name)?.gradFunc]),
      ...kernelNames.map((name) => ['kernel ' + name, tf.getKernel(name, 'cpu')?.kernelFunc]),
      ...flagNames.map((name) => ['flag ' + name, tf.env().get(name)]),
    ]);
    let first;
    const state = () => {
      first ??= snapshot();
      const now = snapshot();
      const changed = [...first.keys()].filter((name) => first.get(name) !== undefined && first.get(name) !== now.get(name));
      return { changed, backend: tf.getBackend() };
    };
    ${program}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', whole];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
