/** Text from a stranger, fit for a message: in one line, without control characters, not long. */
export function printable(text: string, most = 200): string {
  const plain = withoutControls(text.replace(/\s+/g, ' '));
  return plain.length > most ? `${plain.slice(0, most)}…` : plain;
}

/** Text in lines, without the characters that move a terminal's cursor, colour it, or turn the direction of reading. */
export const withoutControls = (text: string): string =>
  text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '?');
