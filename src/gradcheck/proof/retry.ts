import { reasons, type Reason } from '../../backend/field/index.ts';

/** A point at which a number is not known that is needed. */
export class Retry extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(sentences[reason]);
    this.reason = reason;
  }
}

const sentences: Record<Reason, string> = {
  [reasons.outside]: 'a quotient by 0, or the logarithm or root of what is not positive, is needed',
  [reasons.below]: 'its exponentials are nested more deeply than chains of primes reach',
  [reasons.above]: 'its logarithms are nested more deeply than chains of primes reach',
  [reasons.notANumber]: 'NaN or infinity occurs',
};
