/**
 * Numbers drawn in place of a function's values, the same for the same argument: so they are variables of the formula.
 *
 * At a place of the chain an argument is known by its remainders there and at the places before. Laws that hold at one place
 * hold at those before, too, so this separates no equal arguments, and two different ones are taken for one less often.
 */
export class DrawnValues {
  readonly #values = new Map<string, number>();
  /** Different arguments that were asked for at the place that is compared. */
  count = 0;

  static key(remainders: number[], place: number): string {
    return remainders.slice(0, place + 1).join();
  }

  clear(): void {
    this.#values.clear();
    this.count = 0;
  }

  get(key: string): number | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: number): void {
    this.#values.set(key, value);
  }

  /** @param isCounted whether `key` is at the place that is compared */
  at(key: string, draw: () => number, isCounted = false): number {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = draw();
    this.#values.set(key, value);
    if (isCounted) this.count++;
    return value;
  }
}
