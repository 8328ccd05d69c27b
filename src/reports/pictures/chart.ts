/**
 * What a chart shows, whoever draws it: a file of its own (`plots/line-chart.ts`) or a reader's browser
 * (`report/chart.ts`).
 */

export interface Axis {
  label: string;
  min?: number;
  max?: number;
  /** Whole numbers only, such as epochs. */
  integer?: boolean;
  logarithmic?: boolean;
}

export interface Series {
  name: string;
  points: [x: number, y: number][];
  /** One for each point, shown with its values. */
  notes?: string[];
  /** Points alone, without a line. */
  scattered?: boolean;
}

export interface Chart {
  title: string;
  x: Axis;
  y: Axis;
  /** Each keeps the color of its place in this list, drawn or not. */
  series: Series[];
}

/** Okabe & Ito's colors, which color-blind readers can tell apart. */
export const colors = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];

const dashes = ['', '7 4', '2 3', '10 3 2 3'];

/** Of the series at a place: colors first, then the same colors dashed. */
export const lineStyle = (place: number): { color: number; dash: string } => ({
  color: place % colors.length,
  dash: dashes[Math.floor(place / colors.length) % dashes.length],
});
