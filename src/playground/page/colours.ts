/** Colours that people with any eyes tell apart (Okabe and Ito, 2008). */
export type Colour = readonly [red: number, green: number, blue: number];

export const blue: Colour = [0, 114, 178];
export const orange: Colour = [213, 94, 0];

/** Both as the page has them, in the light or in the dark. */
export function pairOn(element: Element): [below: Colour, above: Colour] {
  const style = getComputedStyle(element);
  const read = (name: string): Colour => {
    const hex = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    return [hex >> 16, (hex >> 8) & 255, hex & 255];
  };
  return [read('--blue'), read('--orange')];
}

const others: Colour[] = [
  [0, 158, 115],
  [204, 121, 167],
  [86, 180, 233],
  [230, 159, 0],
  [120, 120, 120],
];

/** @param element where they are shown */
export const classColours = (classes: number, element: Element): Colour[] =>
  Array.from({ length: classes }, (_, i) => [...pairOn(element), ...others][i % 7]);

/** Of an element's text. */
export const colourOf = (element: Element): Colour =>
  getComputedStyle(element)
    .color.match(/[\d.]+/g)!
    .slice(0, 3)
    .map(Number) as unknown as Colour;

/** One pixel of a picture, more or less transparent, so that it fits any ground. */
export function paint({ data }: ImageData, at: number, colour: Colour, strength: number): void {
  data.set(colour, 4 * at);
  data[4 * at + 3] = 255 * Math.min(1, Math.max(0, strength));
}
