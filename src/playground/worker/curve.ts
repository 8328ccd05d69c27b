import type { Line } from '../messages.ts';

const mostPoints = 400;

/** A line of any number of values in a bounded number of points, each the mean of equally many. */
export class Curve {
  readonly line: Line = { x: [], y: [] };
  #perPoint = 1;
  #pending = 0;
  #sum = 0;

  add(x: number, y: number): void {
    this.#sum += y;
    if (++this.#pending < this.#perPoint) return;
    this.line.x.push(x);
    this.line.y.push(this.#sum / this.#pending);
    this.#pending = 0;
    this.#sum = 0;
    if (this.line.x.length >= mostPoints) this.#halve();
  }

  /** Two points become one, at the place of the later. */
  #halve(): void {
    const { x, y } = this.line;
    for (let i = 0; i < mostPoints / 2; i++) {
      x[i] = x[2 * i + 1];
      y[i] = (y[2 * i] + y[2 * i + 1]) / 2;
    }
    x.length = y.length = mostPoints / 2;
    this.#perPoint *= 2;
  }
}
