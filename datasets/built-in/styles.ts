import type { RandomState } from '../../src/utils/random.ts';
import { digitStrokes } from './digit-strokes.ts';

/** One movement of the pen from touching the paper to leaving it. */
export interface Stroke {
  x: Float64Array;
  y: Float64Array;
  /** Whether the pen turns sharply at this control point. */
  corner: boolean[];
}

/** One way to write a digit. */
export interface Style {
  weight: number;
  strokes: Stroke[];
}

/** The styles of each digit, as `digit-strokes.ts` lists them. */
export const styles: readonly Style[][] = parseStyles(digitStrokes);

/** A style of this digit, common ones more often. */
export function chooseStyle(digit: number, random: RandomState): Style {
  const candidates = styles[digit];
  let left = random.random() * candidates.reduce((sum, style) => sum + style.weight, 0);
  for (const style of candidates) {
    left -= style.weight;
    if (left < 0) return style;
  }
  return candidates[candidates.length - 1];
}

function parseStyles(text: string): Style[][] {
  const digits: Style[][] = [];
  for (const line of text.trim().split('\n')) {
    const style = /^\s*w=(\S+)\s+(.*)$/.exec(line);
    if (style) digits[digits.length - 1].push(parseStyle(Number(style[1]), style[2]));
    else digits.push([]);
  }
  return digits;
}

function parseStyle(weight: number, points: string): Style {
  const strokes = points.split('|').map((stroke) => {
    const tokens = stroke.trim().split(/\s+/);
    return {
      x: Float64Array.from(tokens, (token) => parseFloat(token.split(',')[0])),
      y: Float64Array.from(tokens, (token) => parseFloat(token.split(',')[1])),
      corner: tokens.map((token) => token.endsWith('c')),
    };
  });
  return { weight, strokes };
}
