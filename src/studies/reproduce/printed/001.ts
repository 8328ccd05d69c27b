/**
 * What document 001 prints, digit by digit, as text. Ours is only ever compared with it.
 */

/** `Cost after iteration …`, learning rate 0.005. */
export const costs = [
  { iteration: 0, cost: '0.693147' },
  { iteration: 100, cost: '0.584508' },
  { iteration: 200, cost: '0.466949' },
  { iteration: 300, cost: '0.376007' },
  { iteration: 400, cost: '0.331463' },
  { iteration: 500, cost: '0.303273' },
  { iteration: 600, cost: '0.279880' },
  { iteration: 700, cost: '0.260042' },
  { iteration: 800, cost: '0.242941' },
  { iteration: 900, cost: '0.228004' },
  { iteration: 1000, cost: '0.214820' },
  { iteration: 1100, cost: '0.203078' },
  { iteration: 1200, cost: '0.192544' },
  { iteration: 1300, cost: '0.183033' },
  { iteration: 1400, cost: '0.174399' },
  { iteration: 1500, cost: '0.166521' },
  { iteration: 1600, cost: '0.159305' },
  { iteration: 1700, cost: '0.152667' },
  { iteration: 1800, cost: '0.146542' },
  { iteration: 1900, cost: '0.140872' },
];

/** Per cent. */
export const accuracy = { train: '99.04306220095694', test: '70.0' };

/** `train_set_x shape: (209, 64, 64, 3)` and so on. */
export const shapes = {
  train: ['209', '64', '64', '3'],
  test: ['50', '64', '64', '3'],
  trainFlat: ['12288', '209'],
  testFlat: ['12288', '50'],
};

/** The inputs of its worked examples, which the document gives. */
export const given = {
  x1: [9, 2, 5, 0, 0, 7, 5, 0, 0, 0, 9, 2, 5, 0, 0],
  x2: [9, 2, 2, 9, 0, 9, 2, 5, 0, 0, 9, 2, 5, 0, 0],
  rows: [
    [0, 3, 4],
    [1, 6, 4],
  ],
  /** `[3, 3, 2]`, row-major. */
  image: [
    0.67826139, 0.29380381, 0.90714982, 0.52835647, 0.4215251, 0.45017551, 0.92814219, 0.96677647, 0.85304703,
    0.52351845, 0.19981397, 0.27417313, 0.60659855, 0.00533165, 0.10820313, 0.49978937, 0.34144279,
    0.94630077,
  ],
};

/** `image2vector(image)`, of which the document's text keeps two entries; `at` is their place. */
export const imageVector = [
  { at: 0, value: '0.67826139' },
  { at: 4, value: '0.4215251' },
];

export const normalizedRows = [
  ['0.', '0.6', '0.8'],
  ['0.13736056', '0.82416338', '0.54944226'],
];

export const dot = '278';

export const outer = [
  '81 18 18 81 0 81 18 45 0 0 81 18 45 0 0',
  '18 4 4 18 0 18 4 10 0 0 18 4 10 0 0',
  '45 10 10 45 0 45 10 25 0 0 45 10 25 0 0',
  '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
  '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
  '63 14 14 63 0 63 14 35 0 0 63 14 35 0 0',
  '45 10 10 45 0 45 10 25 0 0 45 10 25 0 0',
  '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
  '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
  '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
  '81 18 18 81 0 81 18 45 0 0 81 18 45 0 0',
  '18 4 4 18 0 18 4 10 0 0 18 4 10 0 0',
  '45 10 10 45 0 45 10 25 0 0 45 10 25 0 0',
  '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
  '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
].map((row) => row.split(' '));

export const elementwise = '81 4 10 0 0 63 10 0 0 0 81 4 25 0 0'.split(' ');

/** Milliseconds that its NumPy took; measured on its machine, so ours are shown beside them and not judged. */
export const milliseconds = {
  dot: 0.3806319999997143,
  outer: 0.17250400000001775,
  elementwise: 0.08285399999996557,
};
