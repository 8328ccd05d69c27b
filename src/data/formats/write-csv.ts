/** One field of a line. */
export type CsvField = string | number | undefined;

/** RFC 4180, with `\n` ends of line. A text that a spreadsheet would take for a formula is kept a text. */
export const csvText = (lines: CsvField[][]): string =>
  lines.map((line) => `${line.map(field).join()}\n`).join('');

function field(value: CsvField): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = /^[=+@]|^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
