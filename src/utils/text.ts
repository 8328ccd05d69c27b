/**
 * Numbers and names as people read them.
 */

/** `12.34 %` of 0.1234. */
export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** `1 row`, `12 rows`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `benign`, but `class 1`: a class whose name is one letter or two needs the word. */
export const called = (className: string): string =>
  className.length < 3 ? `class ${className}` : className;

/** `learning-rate` of `learningRate`: the name of an option on the command line. */
export const dashed = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As a POSIX shell takes it for one word. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;

/**
 * Breaks a text at spaces where it is wider than a page.
 *
 * @param width in characters; a longer word stands alone and is not broken
 * @param hanging how much further than its first line its others begin
 */
export function wrap(text: string, width: number, hanging = 2): string[] {
  const indent = ' '.repeat(text.length - text.trimStart().length + hanging);
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const begin = lines.length === 0 ? indent.length - hanging : indent.length;
    let at = rest.lastIndexOf(' ', width);
    if (at <= begin) at = rest.indexOf(' ', Math.max(width, begin));
    if (at < 0) break;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
