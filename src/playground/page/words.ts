/** What every part of the page is given. */
import type { Say } from '../texts/index.ts';
import type { Playground, State } from './playground.ts';

export interface PartProps {
  zoo: Playground;
  state: State;
  say: Say;
}

/** A number as people read it: four digits, and zeros only where they say something. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4) return value.toExponential(2).replace('e+', 'e').replaceAll('-', '−');
  return value
    .toPrecision(4)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replaceAll('-', '−');
}

/** `97.3 %`; a regression has no share of right answers. */
export const percent = (share?: number): string =>
  share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;
