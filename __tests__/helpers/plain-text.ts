/** What a reader sees of HTML or SVG: its text, without tags, one line per line of the source that has any. */
export const plainText = (markup: unknown): string =>
  (typeof markup === 'string' ? markup : JSON.stringify(markup))
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
