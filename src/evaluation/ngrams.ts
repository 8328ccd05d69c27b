/**
 * Losses to compare a model of tokens with: that of equal probabilities, and that of counting what followed the same k tokens in
 * the training rows. Counts of long contexts are rare, so each is smoothed by the shorter one (recursive back-off):
 *
 *   p₋₁ = 1/symbols      p_k = (n + λ·p_{k−1}) / (N + λ)
 *
 * with N how often the last k tokens occurred before a target, and n how often the target was this token. λ and k are those
 * with the least loss on the last tenth of the training rows, from counts of the others.
 */
import type { Examples, LoadedDataset } from '../data/dataset.ts';
import { log } from '../utils/math.ts';
import { counted } from '../utils/text.ts';

/** Mean losses in nats per token, on the test rows. */
export interface Baselines {
  /** −log(1/symbols). */
  uniform: number;
  ngrams: {
    /** How many previous tokens are looked at, k. */
    previous: number;
    loss: number;
    /** The smoothing λ. */
    smoothing: number;
    /** How many of the training tokens were counted, where not all. */
    counted?: number;
  };
  /** The least possible loss, where the data are drawn by a known rule. */
  entropy?: number;
}

/** What people call them. */
export const namedBaselines = ({ uniform, ngrams, entropy }: Baselines): Record<string, number> => ({
  uniform,
  [counted(ngrams.previous, 'previous character')]: ngrams.loss,
  ...(entropy !== undefined && { 'least possible': entropy }),
});

const longest = 5;
const smoothings = [0.25, 1, 4, 16, 64];

/** More take too long, and too much memory. */
const maxCounted = 4e6;

/** @param most training tokens that are counted */
export function baselinesOf(
  { train, test, classNames, entropy }: Pick<LoadedDataset, 'train' | 'test' | 'classNames' | 'entropy'>,
  most = maxCounted,
): Baselines {
  const symbols = classNames.length;
  const all = tokensOf(train);
  const length = Math.min(most, all.labels.length);
  const losses = lossesOf(firstOf(all, length), tokensOf(test), symbols, smoothings);
  const [best] = losses.filter(({ previous }) => previous > 0).sort((a, b) => a.held - b.held);
  const { previous, smoothing, loss } = best;
  return {
    uniform: log(symbols),
    ngrams: { previous, smoothing, loss, ...(length < all.labels.length && { counted: length }) },
    ...(entropy !== undefined && { entropy }),
  };
}

/** Tokens in their order. */
interface Tokens {
  inputs: Int16Array;
  /** What follows each; −1: nothing is to be predicted. */
  labels: Int16Array;
  /** 1 where nothing is before a token: the first of a sequence, or of a text. */
  begins: Int16Array;
}

const mapped = (of: (key: keyof Tokens) => Int16Array): Tokens => ({
  inputs: of('inputs'),
  labels: of('labels'),
  begins: of('begins'),
});

const firstOf = (tokens: Tokens, length: number): Tokens => mapped((key) => tokens[key].subarray(0, length));

/** Without what is behind the last target of a sequence. Running text is one sequence, however its rows overlap. */
function tokensOf({ inputs, labels, rows, features, stride }: Examples): Tokens {
  const covered = (rows - 1) * (stride ?? features) + features;
  const width = stride === undefined ? features : covered;
  const kept = mapped(() => new Int16Array(covered));
  let length = 0;
  for (let start = 0; start < covered; start += width) {
    const ofRow = (labels as Int16Array).subarray(start, start + width);
    const end = ofRow.findLastIndex((label) => label >= 0) + 1;
    kept.inputs.set((inputs as Int16Array).subarray(start, start + end), length);
    kept.labels.set(ofRow.subarray(0, end), length);
    if (end > 0) kept.begins[length] = 1;
    length += end;
  }
  return firstOf(kept, length);
}

interface Losses {
  previous: number;
  smoothing: number;
  /** On the last tenth of the training tokens, from counts of the others. */
  held: number;
  /** On the test tokens, from counts of all training tokens. */
  loss: number;
}

/** Of each λ and each number of previous tokens, from 0 on. */
function lossesOf(train: Tokens, test: Tokens, symbols: number, smoothing: readonly number[]): Losses[] {
  const trained = train.labels.length;
  const held = Math.floor(0.9 * trained);
  const { inputs, labels, begins } = mapped((key) => {
    const both = new Int16Array(trained + test.labels.length);
    both.set(train[key]);
    both.set(test[key], trained);
    return both;
  });
  const all = labels.length;
  /** From `held` on. */
  const probabilities = smoothing.map(() => new Float64Array(all - held).fill(1 / symbols));
  const losses: Losses[] = [];
  // A context is a number. With the token behind it, it has another: that of a target, and of the next token's context, which is
  // one token longer. So a number stands for two small ones, and none comes near 2⁵³ however large the alphabet.
  let contexts = new Int32Array(all);
  for (let previous = 0; previous <= longest; previous++) {
    const numbers = new Map<number, number>();
    const numberOf = (context: number, token: number): number => {
      const key = context * symbols + token;
      const found = numbers.get(key) ?? numbers.size + 1;
      if (found > numbers.size) numbers.set(key, found);
      return found;
    };
    const targets = new Int32Array(all);
    const longer = new Int32Array(all);
    for (let t = 0; t < all; t++) {
      const before = begins[t] ? 0 : contexts[t - 1];
      const isTarget = !begins[t] && labels[t - 1] === inputs[t];
      longer[t] = isTarget ? targets[t - 1] : numberOf(before, inputs[t]);
      if (labels[t] >= 0) targets[t] = numberOf(contexts[t], labels[t]);
    }
    const [ofContext, ofTarget] = [new Int32Array(2 * all + 1), new Int32Array(2 * all + 1)];
    const count = (from: number, to: number): void => {
      for (let t = from; t < to; t++) {
        if (labels[t] < 0) continue;
        ofContext[contexts[t]]++;
        ofTarget[targets[t]]++;
      }
    };
    /** The mean loss with each λ. */
    const score = (from: number, to: number): number[] =>
      smoothing.map((lambda, place) => {
        const p = probabilities[place];
        let [sum, scored] = [0, 0];
        for (let t = from; t < to; t++) {
          if (labels[t] < 0) continue;
          p[t - held] = (ofTarget[targets[t]] + lambda * p[t - held]) / (ofContext[contexts[t]] + lambda);
          sum -= log(p[t - held]);
          scored++;
        }
        return sum / scored;
      });
    count(0, held);
    const onHeld = score(held, trained);
    count(held, trained);
    const onTest = score(trained, all);
    smoothing.forEach((lambda, place) =>
      losses.push({ previous, smoothing: lambda, held: onHeld[place], loss: onTest[place] }),
    );
    contexts = longer;
  }
  return losses;
}
