/**
 * NumPy's legacy `RandomState`: the Mersenne Twister MT19937 and the distributions that NumPy draws
 * from it, in the order in which NumPy consumes the stream. Every random choice of the zoo comes from
 * here, so one seed fixes a run, and the documents' `np.random.seed(1)` gives the documents' numbers.
 *
 * Matsumoto & Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998; NumPy's `legacy-distributions.c`.
 */
import { log } from './math.ts';

const N = 624;
const M = 397;

/** Everything that the next draw depends on; plain data, so that a checkpoint can hold it. */
export interface RandomStateSnapshot {
  key: number[];
  position: number;
  /** The second normal of the last polar pair, if it has not been used yet. */
  spareNormal: number | null;
}

export class RandomState {
  #key = new Uint32Array(N);
  #position = N;
  #spareNormal: number | null = null;
  /** The key as all snapshots hold it until it changes: copying it at every step would take a while. */
  #keyInSnapshots?: number[];

  /** @param seed integer in [0, 2³²) */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new RangeError(`seed must be an integer from 0 to 4294967295, not ${seed}`);
    }
    this.#key[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = this.#key[i - 1] ^ (this.#key[i - 1] >>> 30);
      this.#key[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** NumPy's `RandomState([…])`, by MT19937's `init_by_array`. @param seeds integers in [0, 2³²) */
  static fromArray(seeds: readonly number[]): RandomState {
    const state = new RandomState(19650218);
    const key = state.#key;
    let i = 1;
    const mix = (factor: number): number => key[i] ^ Math.imul(key[i - 1] ^ (key[i - 1] >>> 30), factor);
    const advance = (): void => {
      if (++i < N) return;
      key[0] = key[N - 1];
      i = 1;
    };
    for (let k = 0; k < Math.max(N, seeds.length); k++, advance()) {
      const j = k % seeds.length;
      key[i] = mix(1664525) + seeds[j] + j;
    }
    for (let k = 1; k < N; k++, advance()) key[i] = mix(1566083941) - i;
    key[0] = 0x80000000;
    return state;
  }

  static restore({ key, position, spareNormal }: RandomStateSnapshot): RandomState {
    const state = new RandomState(0);
    state.#key = Uint32Array.from(key);
    state.#position = position;
    state.#spareNormal = spareNormal;
    return state;
  }

  snapshot(): RandomStateSnapshot {
    this.#keyInSnapshots ??= Array.from(this.#key);
    return { key: this.#keyInSnapshots, position: this.#position, spareNormal: this.#spareNormal };
  }

  /** 32 uniform random bits. */
  uint32(): number {
    if (this.#position === N) this.#twist();
    let bits = this.#key[this.#position++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    bits ^= bits >>> 18;
    return bits >>> 0;
  }

  /** One uniform double in [0, 1) with 53 random bits. */
  random(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** `rand(count)`: uniform in [0, 1). */
  rand(count: number): Float64Array {
    return this.#fill(count, () => this.random());
  }

  /** `uniform(low, high, count)`: uniform in [low, high). */
  uniform(low: number, high: number, count: number): Float64Array {
    const range = high - low;
    return this.#fill(count, () => low + range * this.random());
  }

  /** One standard normal by Marsaglia's polar method, which makes two and keeps one for the next call. */
  gaussian(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    let x1: number, x2: number, squaredRadius: number;
    do {
      x1 = 2 * this.random() - 1;
      x2 = 2 * this.random() - 1;
      squaredRadius = x1 * x1 + x2 * x2;
    } while (squaredRadius >= 1 || squaredRadius === 0);
    const factor = Math.sqrt((-2 * log(squaredRadius)) / squaredRadius);
    this.#spareNormal = factor * x1;
    return factor * x2;
  }

  /** `randn(count)`: standard normal. */
  randn(count: number): Float64Array {
    return this.#fill(count, () => this.gaussian());
  }

  /** `normal(mean, standardDeviation, count)`. */
  normal(mean: number, standardDeviation: number, count: number): Float64Array {
    return this.#fill(count, () => mean + standardDeviation * this.gaussian());
  }

  /** `randint(low, high, count)`: uniform integers in [low, high), by masked rejection as NumPy does for its default integer type. */
  randint(low: number, high: number, count: number): Float64Array {
    const areWhole = Number.isSafeInteger(low) && Number.isSafeInteger(high);
    if (!areWhole || !(high > low) || high - low > 2 ** 32)
      throw new RangeError(`randint needs whole numbers, low < high ≤ low + 2³², not ${low}, ${high}`);
    return this.#fill(count, () => low + this.#upTo(high - 1 - low));
  }

  /** `choice(population, count)`: that many numbers below `population`, with replacement. */
  choice(population: number, count: number): Float64Array {
    return this.randint(0, population, count);
  }

  /** `permutation(count)`: 0 … count−1 in random order. */
  permutation(count: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: count }, (_, i) => i));
  }

  /** `shuffle(array)`: Fisher–Yates from the end, in place; returns the array. */
  shuffle<T extends { length: number; [index: number]: number }>(array: T): T {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.#upTo(i);
      const swapped = array[i];
      array[i] = array[j];
      array[j] = swapped;
    }
    return array;
  }

  /** A uniform integer in [0, max]: draw under the smallest all-ones mask until one fits. */
  #upTo(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    let value: number;
    do value = (this.uint32() & mask) >>> 0;
    while (value > max);
    return value;
  }

  #fill(count: number, draw: () => number): Float64Array {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = draw();
    return values;
  }

  #twist(): void {
    const key = this.#key;
    this.#keyInSnapshots = undefined;
    for (let i = 0; i < N; i++) {
      const bits = (key[i] & 0x80000000) | (key[(i + 1) % N] & 0x7fffffff);
      key[i] = key[(i + M) % N] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
