/**
 * Interactive charts as data: `assets/report/chart.js` draws them with uPlot in the reader's browser.
 */
import { lineStyle, type Chart, type Series } from './pictures/chart.ts';
import { embeddedJson, html, type Html } from './html.ts';

export interface InteractiveChart extends Chart {
  /** Adds a button that makes the y axis logarithmic. */
  mayBeLogarithmic?: boolean;
  /** Show the values of the nearest point (`point`) or of all points at the nearest x (`x`, the default). */
  hover?: 'x' | 'point';
}

const maxPoints = 600;

/** @returns nothing for a chart without points */
export function chart(spec: InteractiveChart): Html | undefined {
  const drawn = spec.series.flatMap((series, place) =>
    series.points.length > 0 ? { ...thinned(series), ...lineStyle(place) } : [],
  );
  if (drawn.length === 0) return undefined;
  const { data, notes } = alignSeries(drawn);
  const series = drawn.map(({ name, color, dash, scattered }, i) => ({
    ...{ name, color, dash, scattered, notes: notes[i] },
  }));
  return html`<figure class="chart">
    <figcaption>${spec.title}</figcaption>
    <script type="application/json">
      ${embeddedJson({ ...spec, series, data })}
    </script>
  </figure>`;
}

/** A stroke in the color and dashes of the series at this place, as in every chart of the page. */
export function swatch(place: number): Html {
  const { color, dash } = lineStyle(place);
  return html`<svg class="swatch" viewBox="0 0 22 10" aria-hidden="true">
    <line
      x1="0"
      x2="22"
      y1="5"
      y2="5"
      class="stroke"
      style="color: var(--series-${color})"
      stroke-dasharray="${dash}"
    />
  </svg>`;
}

interface Aligned {
  /** x in ascending order, then a column per series: y at that x, null where the series has no finite one. */
  data: [x: number[], ...y: (number | null)[][]];
  /** For each series with notes: the note of each row. */
  notes: (undefined | (string | null)[])[];
}

/** Joins series into the columns that uPlot reads. Points of one series with the same x keep their order. */
export function alignSeries(all: Pick<Series, 'points' | 'notes'>[]): Aligned {
  const sorted = all.map(({ points, notes }) =>
    points
      .map(([x, y], i) => ({ x, y, note: notes?.[i] ?? null }))
      .filter(({ x }) => Number.isFinite(x))
      .sort((a, b) => a.x - b.x),
  );
  const xs: number[] = [];
  const ys = all.map((): (number | null)[] => []);
  const notes = all.map((series) => series.notes && ([] as (string | null)[]));
  const next = all.map(() => 0);
  for (;;) {
    const x = sorted.reduce((least, points, i) => Math.min(least, points[next[i]]?.x ?? Infinity), Infinity);
    if (x === Infinity) return { data: [xs, ...ys], notes };
    xs.push(x);
    sorted.forEach((points, i) => {
      const point = points[next[i]]?.x === x ? points[next[i]++] : undefined;
      ys[i].push(point && Number.isFinite(point.y) ? point.y : null);
      notes[i]?.push(point?.note ?? null);
    });
  }
}

/** Evenly spaced points, with the first and the last. */
function thinned(series: Series): Series {
  const { points, notes } = series;
  if (points.length <= maxPoints) return series;
  const kept = Array.from({ length: maxPoints }, (_, i) =>
    Math.round((i * (points.length - 1)) / (maxPoints - 1)),
  );
  return { ...series, points: kept.map((i) => points[i]), notes: notes && kept.map((i) => notes[i]) };
}
