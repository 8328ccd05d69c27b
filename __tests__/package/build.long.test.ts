/** What `zoo` does in a checkout before it starts: it builds, where a source is newer than what was built. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));
let checkout: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), text);
};
const program = (word: string) =>
  write('src/cli/main.ts', `export const main = (): void => console.log('${word}');\n`);

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'zoo-checkout-'));
  cpSync(join(project, 'bin/zoo.js'), join(checkout, 'bin/zoo.js'), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(checkout, 'node_modules'));
  write('package.json', '{"type":"module"}');
  write('dist/tfjs-gradients.cjs', '');
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2022', incremental: true, types: ['node'] },
    ...{ rootDir: '.', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
  };
  write('tsconfig.build.json', JSON.stringify({ compilerOptions, include: ['src', 'models', 'datasets'] }));
  for (const folder of ['models', 'datasets']) mkdirSync(join(checkout, folder));
  program('first');
});
afterAll(() => rmSync(checkout, { recursive: true }));

const zoo = () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(checkout, 'bin/zoo.js')], {
    encoding: 'utf8',
  });
  return [stderr, stdout, status];
};

test('builds once for every change, also for one of the modification time alone', () => {
  expect([zoo(), zoo()]).toEqual([
    ['building …\n', 'first\n', 0],
    ['', 'first\n', 0],
  ]);
  utimesSync(join(checkout, 'src/cli/main.ts'), new Date(), new Date());
  expect([zoo(), zoo()]).toEqual([
    ['building …\n', 'first\n', 0],
    ['', 'first\n', 0],
  ]);
  program("' + no.such.name + '");
  const compilerSays =
    /^building …\n.*main\.ts.* error TS2304: .*\nzoo: the sources do not compile, see above\.\n$/s;
  for (const [told, said, code] of [zoo(), zoo()]) {
    expect(told).toMatch(compilerSays);
    expect([said, code]).toEqual(['', 1]);
  }
});
