/** Text from a stranger, fit for a message: in one line, without control characters, not long. */
export function printable(text: string, most = 200): string {
  const plain = text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '?');
  return plain.length > most ? `${plain.slice(0, most)}…` : plain;
}
