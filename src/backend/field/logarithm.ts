import { inverse, multiply, power } from './residues.ts';

/**
 * Logarithms of squares modulo p to a base whose powers they are, in [0, (p − 1)/2), by baby steps and giant steps
 * (D. Shanks, 1971): a = base^(i·√n + j) is found where a·base^(−i·√n) is among the first √n powers.
 */
export function logarithmTo(base: number, p: number): (a: number) => number {
  const order = (p - 1) / 2;
  const steps = Math.ceil(Math.sqrt(order));
  const small = new Map<number, number>();
  for (let j = 0, value = 1; j < steps; j++, value = multiply(value, base, p)) small.set(value, j);
  const giant = inverse(power(base, steps, p), p);
  return (a) => {
    for (let i = 0, value = a; i <= steps; i++, value = multiply(value, giant, p)) {
      const j = small.get(value);
      if (j !== undefined) return (i * steps + j) % order;
    }
    throw new RangeError(`${a} is no power of ${base} modulo ${p}`);
  };
}
