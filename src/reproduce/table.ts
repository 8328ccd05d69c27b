/** A table of plain text. */
export interface Table {
  head: string[];
  rows: string[][];
}

/** Columns padded by spaces: the first `left` of them to the left, the others to the right. */
export function plainTable({ head, rows }: Table, left: number): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
