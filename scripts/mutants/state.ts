/**
 * What has been found out so far, so that a campaign which is ended goes on where it was: one JSON line each.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Lines of a file, and a way to add to them. A line that was cut off is no line. */
export class Lines<T> {
  readonly all: T[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      try {
        if (line) this.all.push(JSON.parse(line) as T);
      } catch {
        // The campaign was ended while it wrote this one.
      }
    }
  }

  add(entry: T): void {
    this.all.push(entry);
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`);
  }
}
