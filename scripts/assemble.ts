/**
 * Compiles `assembly/` into `src/backend/wasm/assembled-*.ts`: `npm run assemble`, after every change there. The result is kept
 * with the sources, so that neither an install nor a browser needs the compiler.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'fflate';
import { writeFileAtomically } from '../src/node/files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
const options =
  '-O3 --noAssert --runtime stub --importMemory --noExportMemory --enable simd --disableWarning 112'.split(
    ' ',
  );

/** A WebAssembly module, compressed and in base64. */
function assemble(...further: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'assemble-'));
  try {
    const output = join(directory, 'module.wasm');
    const args = [compiler, 'assembly/index.ts', '-o', output, ...options, ...further];
    execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    // fflate, because the output of Node's zlib differs between versions.
    return Buffer.from(deflateSync(readFileSync(output), { level: 9 })).toString('base64');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const asConstant = (name: string, base64: string): string =>
  `export const ${name} =\n${base64
    .match(/.{1,104}/g)!
    .map((line) => `  '${line}'`)
    .join(' +\n')};\n`;

/** Hash of the sources, recorded in the compiled modules. */
export function sourceHash(): string {
  const hash = createHash('sha256').update(options.join(' '));
  for (const name of readdirSync(join(root, 'assembly')).sort()) {
    hash.update(name).update(readFileSync(join(root, 'assembly', name)));
  }
  return hash.digest('hex');
}

const file = (about: string, name: string, base64: string): string =>
  `/** \`assembly/\`, compiled by \`npm run assemble\`, compressed (deflate), in base64${about}. Sources: ${sourceHash()} */\n\n` +
  asConstant(name, base64);

/** The contents of the files in `src/backend/wasm/`, by name. */
export const assembled = (): Record<string, string> => ({
  'assembled-plain.ts': file('', 'plain', assemble()),
  'assembled-fused.ts': file(
    ', to multiply and add in one instruction (relaxed SIMD)',
    ...(['fused', assemble('--enable', 'relaxed-simd', '--use', 'FUSED=1')] as const),
  ),
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(assembled())) {
    await writeFileAtomically(join(root, 'src/backend/wasm', name), text);
  }
}
