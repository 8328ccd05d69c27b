/** Tables of what was measured: plain text for a terminal, or Markdown for documents. Both have the same cells. */
export interface Table {
  head: string[];
  rows: string[][];
}

/** Columns padded by spaces: the first `left` of them to the left, the others to the right. */
export function plainTable({ head, rows }: Table, left: number, gap = 2): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join(' '.repeat(gap))
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable({ head, rows }: Table, left: number): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column < left ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
