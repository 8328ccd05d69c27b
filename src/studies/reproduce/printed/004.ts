/**
 * What document 004 prints, digit by digit, as text, so that it stays known how many digits were printed.
 * Ours is only ever compared with it.
 */
export interface PrintedEpoch {
  epoch: number;
  cost: string;
  /** Both weights and the bias, rounded by NumPy to eight decimals. */
  parameters: [string, string, string];
}

/** One perceptron a gate: state after every hundredth epoch, then its outputs for 00, 01, 10, 11. */
export const gates: Record<string, { epochs: PrintedEpoch[]; predictions: string[] }> = {
  and: {
    epochs: [
      { epoch: 100, cost: '0.6886489498071491', parameters: ['1.56426876', '0.79168393', '-2.14871589'] },
      { epoch: 200, cost: '0.4946368603064415', parameters: ['2.01360719', '1.71241131', '-3.07894028'] },
      { epoch: 300, cost: '0.3920165980757418', parameters: ['2.42841657', '2.29753793', '-3.79103207'] },
      { epoch: 400, cost: '0.3257214374791936', parameters: ['2.794852', '2.73235738', '-4.37257095'] },
      { epoch: 500, cost: '0.27863601334755067', parameters: ['3.11636193', '3.08408364', '-4.86571237'] },
      { epoch: 600, cost: '0.24328504683831248', parameters: ['3.40015395', '3.38235762', '-5.29433736'] },
      { epoch: 700, cost: '0.21572536552468008', parameters: ['3.65300561', '3.64264217', '-5.67349792'] },
      { epoch: 800, cost: '0.19363244428365756', parameters: ['3.88044124', '3.87412053', '-6.01340133'] },
      { epoch: 900, cost: '0.1755321312790001', parameters: ['4.08680123', '4.08279091', '-6.32133891'] },
      { epoch: 1000, cost: '0.1604392693330146', parameters: ['4.27548114', '4.27284863', '-6.6027234'] },
    ],
    predictions: ['0.00135483', '0.08867878', '0.08889176', '0.87496677'],
  },
  or: {
    epochs: [
      { epoch: 100, cost: '0.49580923848195635', parameters: ['2.45484353', '1.40566594', '-0.14439625'] },
      { epoch: 200, cost: '0.3398674231515118', parameters: ['2.98631846', '2.39448393', '-0.67661178'] },
      { epoch: 300, cost: '0.2573360986187996', parameters: ['3.45016595', '3.08431266', '-1.03721585'] },
      { epoch: 400, cost: '0.20630142190075948', parameters: ['3.85230067', '3.60865952', '-1.30598633'] },
      { epoch: 500, cost: '0.1716549922113493', parameters: ['4.20195872', '4.03000824', '-1.52060015'] },
      { epoch: 600, cost: '0.1466501884550824', parameters: ['4.50867681', '4.38171478', '-1.6994397'] },
      { epoch: 700, cost: '0.12779768649454676', parameters: ['4.78049264', '4.68334611', '-1.8527641'] },
      { epoch: 800, cost: '0.11310517185413338', parameters: ['5.0237707', '4.9472786', '-1.98691756'] },
      { epoch: 900, cost: '0.10135180918376233', parameters: ['5.24347159', '5.18181684', '-2.10611973'] },
      { epoch: 1000, cost: '0.09174843008614178', parameters: ['5.44346811', '5.39279833', '-2.21332947'] },
    ],
    predictions: ['0.09855987', '0.9600543', '0.96195283', '0.9998201'],
  },
  nand: {
    epochs: [
      { epoch: 100, cost: '0.7911738653769252', parameters: ['-0.48972722', '-1.25798774', '1.74566135'] },
      { epoch: 200, cost: '0.5430490957885361', parameters: ['-1.51545093', '-1.80261804', '2.79151756'] },
      { epoch: 300, cost: '0.4212591302740578', parameters: ['-2.14614496', '-2.26642639', '3.56506179'] },
      { epoch: 400, cost: '0.3456117101527486', parameters: ['-2.607325', '-2.66303355', '4.18521187'] },
      { epoch: 500, cost: '0.2931298605179329', parameters: ['-2.97696333', '-3.00501941', '4.70528682'] },
      { epoch: 600, cost: '0.2543396786002071', parameters: ['-3.28850585', '-3.30365261', '5.1539571'] },
      { epoch: 700, cost: '0.22443918596775067', parameters: ['-3.55912171', '-3.56778782', '5.54869527'] },
      { epoch: 800, cost: '0.20067626330853877', parameters: ['-3.7989077', '-3.80411461', '5.90108417'] },
      { epoch: 900, cost: '0.18134125517637367', parameters: ['-4.01441395', '-4.01767547', '6.21926514'] },
      { epoch: 1000, cost: '0.1653094408173465', parameters: ['-4.21019696', '-4.21231432', '6.50920952'] },
    ],
    predictions: ['0.99851256', '0.90861957', '0.90879523', '0.12861037'],
  },
  xor: {
    epochs: [
      { epoch: 100, cost: '1.4026852245456056', parameters: ['0.47012771', '-0.19931523', '-0.16097708'] },
      { epoch: 200, cost: '1.3879445622848308', parameters: ['0.1572739', '-0.03387161', '-0.07321056'] },
      { epoch: 300, cost: '1.386492030048381', parameters: ['0.05525161', '0.00089673', '-0.03330094'] },
      { epoch: 400, cost: '1.3863236205351948', parameters: ['0.02049628', '0.00504503', '-0.01514784'] },
      { epoch: 500, cost: '1.3862994743646844', parameters: ['0.0080051', '0.00361297', '-0.00689034'] },
      { epoch: 600, cost: '1.3862953430687464', parameters: ['0.00326661', '0.00201812', '-0.00313421'] },
      { epoch: 700, cost: '1.3862945581495083', parameters: ['0.00137938', '0.00102449', '-0.00142566'] },
      { epoch: 800, cost: '1.38629440139037', parameters: ['0.00059716', '0.00049628', '-0.00064849'] },
      { epoch: 900, cost: '1.3862943694120307', parameters: ['0.00026303', '0.00023435', '-0.00029498'] },
      { epoch: 1000, cost: '1.386294362832352', parameters: ['0.0001172', '0.00010905', '-0.00013418'] },
    ],
    predictions: ['0.49996646', '0.49999372', '0.49999575', '0.50002302'],
  },
};

/** `AND.predict` of NAND's and OR's outputs. */
export const composedPredictions = ['0.12870357', '0.79966936', '0.80108545', '0.14420781'];

/** XORNet: cost after every hundredth epoch; of its two equal outputs a row the document shows one. */
export const xorNet = {
  epochs: [
    { epoch: 100, cost: '2.583421249699167' },
    { epoch: 200, cost: '0.6522444536804384' },
    { epoch: 300, cost: '0.2505164706195344' },
    { epoch: 400, cost: '0.14964904919118582' },
    { epoch: 500, cost: '0.10570445867337958' },
    { epoch: 600, cost: '0.0814030439804046' },
    { epoch: 700, cost: '0.06606149912973946' },
    { epoch: 800, cost: '0.05552519160632019' },
    { epoch: 900, cost: '0.04785478827730652' },
    { epoch: 1000, cost: '0.042027122417916646' },
  ],
  predictions: ['0.00846377', '0.98354369', '0.99163498', '0.0084976'],
};

/** Shapes and values that the digits program shows of its data. */
export const digits = {
  trainShape: ['60000', '28', '28'],
  testShape: ['10000', '28', '28'],
  /** `y_train[0]` */
  firstLabel: '5',
  /** `x_train[0].max()`, which says that the pixels were divided by 255 twice. */
  largestOfFirst: '0.00392156862745098',
  /** `x_test[0].min()` */
  smallestOfFirstTest: '0.0',
  /** `y_train_ohe[0]` */
  firstTarget: ['0.', '0.', '0.', '0.', '0.', '1.', '0.', '0.', '0.', '0.'],
};
