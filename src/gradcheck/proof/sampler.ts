/** Rejection sampling: chains of primes and their random numbers are drawn until all is defined that the formulas need. */
import {
  type Drawn,
  Field,
  longestChain,
  MeasuringField,
  randomChain,
  reasons,
  shortestChain,
} from '../../backend/field/index.ts';
import { randomNumbers } from './points.ts';
import { Retry } from './references.ts';

/** Draws at one point before it is given up: the logarithm of a random number is defined at every second draw. */
export const maxDraws = 400;

/** The same where many roots must exist, place by place of the chain. */
const maxDrawsOfRoots = 4000;

/**
 * The random numbers of one point: what is drawn at each place of the chain depends on a seed of its own. So a root that is missing at
 * one place is looked for there alone.
 */
class Replay {
  readonly #random: () => number;
  readonly #places: string[];
  #point: string;

  constructor(places: number, random: () => number) {
    this.#random = random;
    this.#places = Array.from({ length: places }, () => this.#seed());
    this.#point = this.#seed();
  }

  #seed(): string {
    return Math.floor(this.#random() * 2 ** 32).toString(16);
  }

  /** @returns what is drawn once for all places */
  restart(field: Field): () => number {
    field.restart(this.#places.map(randomNumbers));
    return randomNumbers(this.#point);
  }

  /** Other numbers at these places; at all, if there are none. */
  renew(places: ReadonlySet<number>): void {
    for (const i of this.#places.keys())
      if (places.size === 0 || places.has(i)) this.#places[i] = this.#seed();
    if (places.size === 0) this.#point = this.#seed();
  }
}

export interface SampleOptions {
  /** Whether the field measures how large the formulas are. */
  isMeasured: boolean;
  /** Whether there are constants such as 1/3, which are not doubles. */
  hasFractions: boolean;
}

export class Sampler {
  readonly #random: () => number;
  /** Grows where a number is needed that lies beyond the chain. */
  #chain = { length: shortestChain, ground: 0, hasLogarithms: false };
  /** What may be drawn, and what is: values of functions that the chain does not reach are variables, where they are needed. */
  readonly #mayDraw: boolean;
  readonly #drawn: Drawn;
  readonly #hasRoots: boolean;
  #redrawn = 0;

  /**
   * @param mayDraw whether to draw values of functions that the chain does not reach
   * @param hasRoots whether roots must exist, which are looked for place by place
   */
  constructor(random: () => number, { mayDraw, hasRoots }: { mayDraw: boolean; hasRoots: boolean }) {
    this.#random = random;
    this.#mayDraw = mayDraw;
    this.#drawn = { roots: mayDraw };
    this.#hasRoots = hasRoots;
  }

  /** Primes in a chain. */
  get chainLength(): number {
    return this.#chain.length;
  }

  get drawsLogarithms(): boolean {
    return this.#drawn.logarithms === true;
  }

  /** Draws that were rejected. */
  get redrawn(): number {
    return this.#redrawn;
  }

  /**
   * Draws until everything is defined that is needed.
   *
   * @param work throws a Retry where something is not
   * @throws Retry where that does not happen
   */
  sample(options: SampleOptions, work: (field: Field, random: () => number) => void): void {
    let field = this.#drawField(options);
    let replay = this.#hasRoots ? new Replay(field.primes.length, this.#random) : undefined;
    for (let draws = 1; ; draws++) {
      try {
        const random = replay?.restart(field) ?? this.#random;
        return work(field, random);
      } catch (error) {
        if (!(error instanceof Retry) || draws === (replay ? maxDrawsOfRoots : maxDraws)) throw error;
        this.#redrawn++;
        if (error.reason === reasons.outside) {
          replay?.renew(field.missingRoots);
          field.restart();
          continue;
        }
        this.#extendChain(error);
        field = this.#drawField(options);
        if (replay) replay = new Replay(field.primes.length, this.#random);
      }
    }
  }

  #drawField({ isMeasured, hasFractions }: SampleOptions): Field {
    const primes = randomChain(this.#chain.length, this.#random);
    return new (isMeasured ? MeasuringField : Field)(
      { ...this.#chain, primes, hasFractions, drawn: this.#drawn },
      this.#random,
    );
  }

  /** Makes known what was not. @throws Retry where the chain cannot be longer */
  #extendChain(retry: Retry): void {
    const chain = this.#chain;
    if (this.#mayDraw && !this.#drawn.exponentials && retry.reason === reasons.below) {
      this.#drawn.exponentials = true;
      return;
    }
    if (this.#mayDraw && !this.#drawn.logarithms && retry.reason === reasons.above && !retry.isOfAutodiff) {
      this.#drawn.logarithms = true;
      return;
    }
    if (retry.reason === reasons.above && !chain.hasLogarithms) {
      chain.hasLogarithms = true;
      return;
    }
    if (retry.reason === reasons.notANumber || chain.length === longestChain) throw retry;
    chain.length++;
    if (retry.reason === reasons.above) chain.ground++;
  }
}
