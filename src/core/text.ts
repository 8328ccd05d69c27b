/**
 * Numbers and names as people read them.
 */

/** `12.34 %` of 0.1234. */
export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** `1 row`, `12 rows`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `learning-rate` of `learningRate`: the name of an option on the command line. */
export const dashed = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As a POSIX shell takes it for one word. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
