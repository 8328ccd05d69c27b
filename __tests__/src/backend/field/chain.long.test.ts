import { expect, test } from '@jest/globals';
import { supplies } from '../../../../src/backend/field/field.ts';

/** All odd primes below `end`, as marks. */
function sieve(end: number): Uint8Array {
  const composite = new Uint8Array(end);
  for (let i = 3; i * i < end; i += 2) {
    if (composite[i] === 0) for (let j = i * i; j < end; j += 2 * i) composite[j] = 1;
  }
  return composite;
}

test('there are as many chains as the bound counts on: every number was tried', () => {
  const { from, to } = supplies[3];
  const composite = sieve(Math.floor(to) + 1);
  const isPrime = (n: number): boolean => n > 2 && n % 2 === 1 && composite[n] === 0;
  const count = (length: number): number => {
    let found = 0;
    for (let p = Math.ceil(from); p <= to; p++) {
      let last = p;
      let i = 0;
      for (; i < length && isPrime(last); i++) last = (last - 1) / 2;
      if (i === length) found++;
    }
    return found;
  };
  expect({ 3: count(3), 4: count(4) }).toEqual({ 3: supplies[3].count, 4: supplies[4].count });
});
