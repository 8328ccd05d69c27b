/**
 * Interactive charts as data: `assets/report/chart.js` draws them in the reader's browser.
 */
import { lineStyle, type Chart, type Series } from '../chart.ts';
import { embeddedJson, html, type Html } from './html.ts';

export interface InteractiveChart extends Chart {
  /** A button that makes the y axis logarithmic. */
  mayBeLogarithmic?: boolean;
  /** Values are told of one point, not of all with the same x. */
  hover?: 'x' | 'point';
  /** A dashed line from (0, 0) to (1, 1). */
  diagonal?: boolean;
}

const mostPoints = 600;

export function chart(spec: InteractiveChart): Html | undefined {
  const series = spec.series
    .map((one, place) => ({ ...one, ...lineStyle(place), ...thinned(one) }))
    .filter(({ points }) => points.length > 0);
  if (series.length === 0) return undefined;
  return html`<figure class="chart">
    <figcaption>${spec.title}</figcaption>
    <script type="application/json">
      ${embeddedJson({ ...spec, series })}
    </script>
  </figure>`;
}

/** A stroke of the colour that a series at this place has in every chart of the page. */
export function swatch(place: number): Html {
  const { colour, dash } = lineStyle(place);
  return html`<svg class="swatch" viewBox="0 0 22 10" aria-hidden="true">
    <line
      x1="0"
      x2="22"
      y1="5"
      y2="5"
      class="stroke"
      style="color: var(--series-${colour})"
      stroke-dasharray="${dash}"
    />
  </svg>`;
}

/** Evenly chosen points, the last one among them. */
function thinned({ points, notes, labels }: Series): Pick<Series, 'points' | 'notes' | 'labels'> {
  if (points.length <= mostPoints) return { points, notes, labels };
  const kept = Array.from({ length: mostPoints }, (_, i) =>
    Math.round((i * (points.length - 1)) / (mostPoints - 1)),
  );
  const of = <T>(all: T[]): T[] => kept.map((i) => all[i]);
  return { points: of(points), notes: notes && of(notes), labels: labels && of(labels) };
}
