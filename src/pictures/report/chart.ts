/**
 * Interactive charts as data: `assets/report/chart.js` draws them in the reader's browser.
 */
import { colours } from '../plots/chart.ts';
import { embeddedJson, html, type Html } from './html.ts';

export interface Axis {
  label: string;
  min?: number;
  max?: number;
  /** Whole numbers only, such as epochs. */
  integer?: boolean;
}

export interface Series {
  name: string;
  points: [x: number, y: number][];
  /** One for each point, shown when the pointer is there. */
  notes?: string[];
  colour?: string;
  dash?: string;
  /** Dots on the points, for few of them. */
  dots?: boolean;
}

export interface Chart {
  title: string;
  x: Axis;
  y: Axis;
  series: Series[];
  /** A button that makes the y axis logarithmic. */
  mayBeLogarithmic?: boolean;
  /** The pointer finds the nearest point, not the nearest x. */
  hover?: 'x' | 'point';
  /** A dashed line from (0, 0) to (1, 1). */
  diagonal?: boolean;
}

const dashes = ['', '7 4', '2 3', '10 3 2 3'];
const mostPoints = 600;

export function chart(spec: Chart): Html | undefined {
  const series = spec.series
    .filter(({ points }) => points.length > 0)
    .map((one, i) => ({
      ...one,
      colour: one.colour ?? colours[i % colours.length],
      dash: one.dash ?? dashes[Math.floor(i / colours.length) % dashes.length],
      ...thinned(one),
    }));
  if (series.length === 0) return undefined;
  return html`<figure class="chart">
    <figcaption>${spec.title}</figcaption>
    <script type="application/json">
      ${embeddedJson({ ...spec, series })}
    </script>
  </figure>`;
}

/** Evenly chosen points, the last one among them. */
function thinned({ points, notes }: Series): Pick<Series, 'points' | 'notes'> {
  if (points.length <= mostPoints) return { points, notes };
  const kept = Array.from({ length: mostPoints }, (_, i) =>
    Math.round((i * (points.length - 1)) / (mostPoints - 1)),
  );
  return { points: kept.map((i) => points[i]), notes: notes && kept.map((i) => notes[i]) };
}
