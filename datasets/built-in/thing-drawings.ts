/** Things that are no cats. */
import {
  anyColour,
  between,
  chance,
  type Drawing,
  ellipse,
  line,
  paint,
  pick,
  polygon,
  rectangle,
} from './drawing.ts';

const house: Drawing = (random) => {
  const wall = anyColour(random, 55, 85);
  const roof = paint(anyColour(random, 25, 45));
  const windows = [-20, 8].map((x) => rectangle(x, -2, 13, 13, '#cfe8f7', 'stroke="#fff" stroke-width="2"'));
  return [
    rectangle(18, -42, 8, 20, paint(wall, -35)),
    rectangle(-30, -12, 60, 55, paint(wall)),
    polygon(`-38,-10 0,${between(random, -48, -38)} 38,-10`, roof),
    ...windows,
    rectangle(-7, 20, 14, 23, paint(anyColour(random, 20, 45))),
  ].join('');
};

const car: Drawing = (random) => {
  const body = anyColour(random, 30, 60);
  const cabin = between(random, 16, 24);
  return [
    polygon(`-28,2 -18,${-cabin} 16,${-cabin} 28,2`, paint(body, -8)),
    polygon(`-22,1 -15,${4 - cabin} -2,${4 - cabin} -2,1`, '#cde6f2'),
    polygon(`2,1 2,${4 - cabin} 13,${4 - cabin} 21,1`, '#cde6f2'),
    rectangle(-46, 0, 92, 20, paint(body), 'rx="6"'),
    ...[-25, 25].map((x) => ellipse(x, 20, 10, 10, '#222') + ellipse(x, 20, 4.5, 4.5, '#bbb')),
    ellipse(44, 7, 3, 3, '#ffe98a'),
  ].join('');
};

const tree: Drawing = (random) => {
  const leaves = { hue: between(random, 70, 150), saturation: 50, lightness: between(random, 22, 45) };
  const trunk = rectangle(-5, 5, 10, 42, 'hsl(25,45%,28%)');
  if (chance(random, 0.5)) {
    const tiers = [0, 1, 2].map((k) =>
      polygon(
        `${-30 + 6 * k},${18 - 20 * k} ${30 - 6 * k},${18 - 20 * k} 0,${-16 - 16 * k}`,
        paint(leaves, 4 * k),
      ),
    );
    return trunk + tiers.join('');
  }
  const crown = [
    [-15, -5],
    [15, -5],
    [0, -22],
    [0, -4],
  ];
  return trunk + crown.map(([x, y], k) => ellipse(x, y, 20, 19, paint(leaves, 3 * k))).join('');
};

const fruit: Drawing = (random) => {
  const skin = {
    hue: pick(random, [0, 45, 55, 95, 280]),
    saturation: 75,
    lightness: between(random, 38, 58),
  };
  const wide = between(random, 26, 36);
  return [
    ellipse(-7, 6, wide, 33, paint(skin)),
    ellipse(7, 6, wide, 33, paint(skin)),
    ellipse(-14, -6, 6, 9, paint(skin, 22)),
    line('M0,-25 Q2,-36 8,-42', 'hsl(25,40%,25%)', 4),
    `<path d="M3,-34 Q18,-48 30,-36 Q18,-26 3,-34" fill="hsl(110,50%,35%)"/>`,
  ].join('');
};

const ball: Drawing = (random) => {
  const colour = anyColour(random, 35, 65);
  const second = paint(anyColour(random, 60, 95));
  return [
    ellipse(4, 38, 32, 6, '#000', 'opacity="0.25"'),
    ellipse(0, 2, 36, 36, paint(colour)),
    `<path d="M-34,-8 Q0,10 34,-8 L36,6 Q0,26 -36,6 Z" fill="${second}"/>`,
    ellipse(-12, -16, 8, 6, '#fff', 'opacity="0.6"'),
  ].join('');
};

const flower: Drawing = (random) => {
  const petal = paint(anyColour(random, 50, 75));
  const petals = pick(random, [5, 6, 8]);
  const ring = Array.from({ length: petals }, (_, k) =>
    ellipse(0, -19, 9, 13, petal, `transform="translate(0 -12) rotate(${(360 / petals) * k})"`),
  );
  return [
    line('M0,0 Q4,25 0,48', 'hsl(110,45%,30%)', 4),
    ellipse(12, 30, 12, 5, 'hsl(110,45%,35%)'),
    ...ring,
    ellipse(0, -12, 10, 10, 'hsl(45,85%,55%)'),
  ].join('');
};

const boat: Drawing = (random) => {
  const hull = anyColour(random, 20, 50);
  return [
    rectangle(-60, 26, 120, 40, 'hsl(205,60%,45%)', 'opacity="0.8"'),
    polygon('-40,14 40,14 26,34 -28,34', paint(hull)),
    rectangle(-2, -44, 3, 58, '#5a3b20'),
    polygon('4,-42 4,8 36,8', paint(anyColour(random, 70, 95))),
    polygon('-5,-34 -5,8 -28,8', paint(anyColour(random, 60, 90))),
  ].join('');
};

const cup: Drawing = (random) => {
  const glaze = anyColour(random, 35, 85);
  return [
    ellipse(0, 38, 44, 8, paint(glaze, -15)),
    `<path d="M26,-8 Q52,-8 46,10 Q42,24 22,22" fill="none" stroke="${paint(glaze, -8)}" stroke-width="6"/>`,
    `<path d="M-30,-18 H30 L24,26 Q0,42 -24,26 Z" fill="${paint(glaze)}"/>`,
    ellipse(0, -18, 30, 7, 'hsl(25,55%,22%)', `stroke="${paint(glaze, 10)}" stroke-width="3"`),
  ].join('');
};

const clock: Drawing = (random) => {
  const frame = paint(anyColour(random, 20, 55));
  const hand = (length: number, width: number) => {
    const turn = between(random, 0, 360);
    return `<g transform="rotate(${turn})">${line(`M0,0 V${-length}`, '#222', width)}</g>`;
  };
  const ticks = Array.from({ length: 12 }, (_, k) =>
    rectangle(-1.2, -31, 2.4, 6, '#333', `transform="rotate(${30 * k})"`),
  );
  return [
    ellipse(0, 0, 40, 40, frame),
    ellipse(0, 0, 34, 34, '#faf7ee'),
    ...ticks,
    hand(18, 4),
    hand(27, 2.5),
  ].join('');
};

export const things: readonly Drawing[] = [house, car, tree, fruit, ball, flower, boat, cup, clock];
