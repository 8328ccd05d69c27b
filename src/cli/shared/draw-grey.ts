const shades = ' .:-=+*#%@';

/** A small grey picture in letters, two columns a pixel pair so that it keeps its shape. @param values 0 … 1 */
export function drawGrey(values: ArrayLike<number>, width: number): string {
  const lines: string[] = [];
  for (let y = 0; y + 1 < values.length / width; y += 2) {
    let line = '';
    for (let x = 0; x < width; x++) {
      const mean = (values[y * width + x] + values[(y + 1) * width + x]) / 2;
      line += shades[Math.min(shades.length - 1, Math.floor(mean * shades.length))];
    }
    lines.push(line.trimEnd());
  }
  return lines.join('\n');
}
