/** A Python with NumPy, where this machine has one: it runs what is exported for it. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkError } from '../core/errors.ts';
import { findProgram, runTool } from './tensorflow/tool.ts';

export interface NumPy {
  /** With its version. */
  name: string;
  /** Gives rows of numbers to a program, a JSON list a line. @returns the numbers of each line that it answers */
  run(program: string, rows: (number | string)[][]): Promise<number[][]>;
}

const patience = 120_000;

export async function findNumPy(): Promise<NumPy | undefined> {
  const python = findProgram('python3', 'python');
  if (python === undefined) return undefined;
  const code = 'import numpy; print(numpy.__version__)';
  const { succeeded, lines } = await runTool(python, ['-c', code], { cwd: tmpdir() });
  if (!succeeded) return undefined;
  return { name: `NumPy ${lines.at(-1)}`, run: (program, rows) => runProgram(python, program, rows) };
}

async function runProgram(python: string, program: string, rows: (number | string)[][]): Promise<number[][]> {
  const directory = await mkdtemp(join(tmpdir(), 'zoo-python-'));
  try {
    const file = join(directory, 'model.py');
    await writeFile(file, program);
    const lines = (await outputOf(python, file, rows)).trim().split('\n');
    return lines.map((line) => {
      const { probabilities, value } = JSON.parse(line) as { probabilities?: number[]; value: number };
      return probabilities ?? [value];
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function outputOf(python: string, file: string, rows: (number | string)[][]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [file], { timeout: patience });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else
        reject(new WorkError(`The exported Python program fails here: ${stderr.trim().split('\n').at(-1)}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });
}
