/**
 * What a page of the documents says that commands print: its console blocks, in order, all run in one folder.
 *
 * - ` ```console `: commands after `$ `, each with its output; a line with `…` alone stands for lines that are left out.
 *   ` ```console data ` needs real data, of ` ```console words ` the words are compared and not the numbers.
 * - ` ```json ` right after it holds what the last command prints.
 * - `<!--` with `$ ` in the next line: commands that a reader does not see. `<!-- data` where they need real data.
 * - `![what it shows](name.png) <!-- runs/mnist-…/learning-curve.png -->`: a picture that the commands leave.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = fileURLToPath(new URL('../..', import.meta.url));

export interface Command {
  line: string;
  /** As the page shows it; undefined where the page says nothing of it. */
  output?: string;
}

export interface Block {
  commands: Command[];
  /** Needs real data. */
  data: boolean;
  /** Only words can be compared: the numbers are times, or of one machine. */
  words: boolean;
  /** Outputs stand between these characters of the page. */
  from: number;
  to: number;
  /** JSON that follows the block: what its last command prints. */
  json?: { text: string; from: number; to: number };
}

const consoleBlock =
  /^```console([^\n]*)\n([^]*?)^```$(?:\n\n```json[^\n]*\n([^]*?)^```$)?|^<!--([^\n]*)\n(\$ [^]*?)^-->$/gm;

export function blocksOf(page: string): Block[] {
  return [...page.matchAll(consoleBlock)].flatMap((match) => {
    const [whole, shownInfo, shown, json, hiddenInfo, hidden] = match;
    const info = shownInfo ?? hiddenInfo;
    const body = shown ?? hidden;
    // Blocks that show no command are no transcripts.
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

/** `$ zoo list`, and the lines under it; a backslash at the end of a command's line goes on in the next. */
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
  /** What the page's commands leave it in; of a web page a picture is taken, of `size` and of the part that it names. */
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
