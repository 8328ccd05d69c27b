/** Colors that people with any eyes tell apart (Okabe and Ito, 2008). */
export type Color = readonly [red: number, green: number, blue: number];

export const blue: Color = [0, 114, 178];
export const orange: Color = [213, 94, 0];

/** Both as the page has them, in the light or in the dark. */
export function pairOn(element: Element): [below: Color, above: Color] {
  const style = getComputedStyle(element);
  const read = (name: string): Color => {
    const hex = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    return [hex >> 16, (hex >> 8) & 255, hex & 255];
  };
  return [read('--blue'), read('--orange')];
}

const others: Color[] = [
  [0, 158, 115],
  [204, 121, 167],
  [86, 180, 233],
  [230, 159, 0],
  [120, 120, 120],
];

/** @param element where they are shown */
export const classColors = (classes: number, element: Element): Color[] =>
  Array.from({ length: classes }, (_, i) => [...pairOn(element), ...others][i % 7]);

/** Of an element's text. */
export const colorOf = (element: Element): Color =>
  getComputedStyle(element)
    .color.match(/[\d.]+/g)!
    .slice(0, 3)
    .map(Number) as unknown as Color;

/** One pixel of a picture, more or less transparent, so that it fits any ground. */
export function paint({ data }: ImageData, at: number, color: Color, strength: number): void {
  data.set(color, 4 * at);
  data[4 * at + 3] = 255 * Math.min(1, Math.max(0, strength));
}
