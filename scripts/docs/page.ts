/**
 * The transcripts of a page of the documents: its console blocks, run in order in one directory.
 *
 * - ` ```console `: commands after `$ `, each with its output; a line with `…` alone stands for omitted lines.
 *   ` ```console data ` needs real data; in ` ```console words ` only the words are compared, not the numbers.
 * - ` ```json ` directly after it contains the output of the last command.
 * - `<!--` with `$ ` in the next line: hidden commands. `<!-- data` if they need real data.
 * - `![what it shows](name.png) <!-- runs/mnist-…/learning-curve.png -->`: a picture that the commands write.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = fileURLToPath(new URL('../..', import.meta.url));

export interface Command {
  line: string;
  /** The output in the page; undefined if it is not shown. */
  output?: string;
}

export interface Block {
  commands: Command[];
  /** Needs real data. */
  data: boolean;
  /** Only words are compared: the numbers are times or depend on the machine. */
  words: boolean;
  /** Offsets of the block in the page. */
  from: number;
  to: number;
  /** The JSON after the block: the output of its last command. */
  json?: { text: string; from: number; to: number };
}

const consoleBlock =
  /^```console([^\n]*)\n([^]*?)^```$(?:\n\n```json[^\n]*\n([^]*?)^```$)?|^<!--([^\n]*)\n(\$ [^]*?)^-->$/gm;

export function blocksOf(page: string): Block[] {
  return [...page.matchAll(consoleBlock)].flatMap((match) => {
    const [whole, shownInfo, shown, json, hiddenInfo, hidden] = match;
    const info = shownInfo ?? hiddenInfo;
    const body = shown ?? hidden;
    // A block without a command is not a transcript.
    if (!body.startsWith('$ ')) return [];
    const from = match.index + whole.indexOf(body);
    const after = json === undefined ? undefined : match.index + whole.lastIndexOf(json);
    return {
      commands: commandsIn(body, hidden !== undefined),
      data: info.includes('data'),
      words: info.includes('words'),
      from,
      to: from + body.length,
      ...(after !== undefined && { json: { text: json, from: after, to: after + json.length } }),
    };
  });
}

/** `$ zoo list` and the lines below it; a backslash at the end of a command continues it on the next line. */
function commandsIn(body: string, isHidden: boolean): Command[] {
  const commands: Command[] = [];
  for (const line of body.replace(/\n$/, '').split('\n')) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) commands.push({ line: line.slice(2), ...(!isHidden && { output: '' }) });
    else if (last?.line.endsWith('\\') && last.output === '') last.line += `\n${line}`;
    else if (last) last.output = last.output ? `${last.output}\n${line}` : line;
  }
  return commands;
}

export const textOf = (commands: Command[]): string =>
  commands.map(({ line, output }) => `$ ${line}\n${output ? `${output}\n` : ''}`).join('');

export interface Picture {
  /** In `docs/`. */
  file: string;
  /** The file that the commands write. Of an HTML page a screenshot is taken, of `size` and of `part`. */
  source: string;
  size?: { width: number; height: number };
  part?: string;
}

export const picturesOf = (page: string): Picture[] =>
  [...page.matchAll(/!\[[^\]]*\]\((?:docs\/)?([\w.-]+)\)\s*<!-- (\S+)(?: (\d+)x(\d+))?(?: (\S+))? -->/g)].map(
    ([, file, source, width, height, part]) => ({
      file,
      source,
      ...(width && { size: { width: Number(width), height: Number(height) } }),
      part,
    }),
  );

/** All documents, by their place in the project. */
export const pages = (): string[] => [
  'README.md',
  'RELIABILITY.md',
  ...readdirSync(join(project, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
