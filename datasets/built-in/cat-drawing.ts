import type { RandomState } from '../../src/core/random.ts';
import {
  between,
  chance,
  type Colour,
  type Drawing,
  ellipse,
  line,
  paint,
  pick,
  polygon,
} from './drawing.ts';

const furs: Colour[] = [
  { hue: 28, saturation: 75, lightness: 55 },
  { hue: 35, saturation: 45, lightness: 75 },
  { hue: 220, saturation: 8, lightness: 50 },
  { hue: 210, saturation: 8, lightness: 16 },
  { hue: 40, saturation: 20, lightness: 92 },
  { hue: 25, saturation: 40, lightness: 35 },
];

/** The face of a cat, at times with its shoulders: ears, eyes with slits, nose, mouth, whiskers, often stripes. */
export const drawCat: Drawing = (random) => {
  const fur = pick(random, furs);
  const width = between(random, 30, 36);
  const height = between(random, 25, 30);
  return [
    chance(random, 0.6) ? ellipse(0, 52, width * 0.95, 34, paint(fur, -6)) : '',
    ...ears(random, fur, width, height),
    ellipse(0, 4, width, height, paint(fur)),
    chance(random, 0.6) ? stripes(fur) : '',
    ellipse(0, 18, width * 0.42, height * 0.38, paint(fur, fur.lightness > 80 ? 4 : 22)),
    ...eyes(random, width),
    ...muzzle(random, fur, width),
  ].join('');
};

function ears(random: RandomState, fur: Colour, width: number, height: number): string[] {
  const tip = 4 - height - between(random, 14, 20);
  const outer = width * between(random, 0.8, 0.95);
  return [-1, 1].flatMap((side) => [
    polygon(`${side * width * 0.95},-2 ${side * outer},${tip} ${side * 5},${-height * 0.72}`, paint(fur)),
    polygon(
      `${side * width * 0.8},-8 ${side * outer * 0.93},${tip + 9} ${side * 12},-16`,
      'hsl(350,45%,68%)',
    ),
  ]);
}

function stripes(fur: Colour): string {
  const dark = paint(fur, fur.lightness < 30 ? 14 : -22);
  return (
    ['M0,-25 V-13', 'M-8,-23 L-6,-13', 'M8,-23 L6,-13'].map((path) => line(path, dark, 3)).join('') +
    [-1, 1]
      .map((side) => line(`M${side * 32},2 L${side * 22},4 M${side * 31},11 L${side * 22},11`, dark, 3))
      .join('')
  );
}

function eyes(random: RandomState, width: number): string[] {
  const iris = paint({ hue: between(random, 45, 140), saturation: 70, lightness: between(random, 45, 65) });
  const apart = width * between(random, 0.4, 0.5);
  const open = between(random, 5, 8);
  const slit = between(random, 1.3, 4);
  return [-1, 1].flatMap((side) => [
    ellipse(side * apart, 0, 7.5, open, iris, 'stroke="#222" stroke-width="1"'),
    ellipse(side * apart, 0, slit, open * 0.92, '#111'),
    ellipse(side * apart + 2, -2, 1.4, 1.4, '#fff'),
  ]);
}

function muzzle(random: RandomState, fur: Colour, width: number): string[] {
  const dark = '#332222';
  const hair = fur.lightness > 65 ? '#444' : '#f4f4f4';
  const droop = between(random, -3, 5);
  const length = width + between(random, 4, 12);
  return [
    polygon('-4.5,11 4.5,11 0,16', 'hsl(350,50%,60%)'),
    line('M0,16 V20 M0,20 Q-5,25 -10,21 M0,20 Q5,25 10,21', dark, 1.4),
    ...[-1, 1].flatMap((side) =>
      [-4, 0, 4].map((step) =>
        line(`M${side * 10},${17 + step / 2} L${side * length},${15 + step * 2 + droop}`, hair, 0.9),
      ),
    ),
  ];
}
