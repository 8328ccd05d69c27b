/** The learning curves of a run, in the page and as an SVG file. */
import { useEffect, useState } from 'preact/hooks';
import type { Line, Progress } from '../messages.ts';
import type { Chart as ChartPart, Curve } from './chart.tsx';
import { blue, type Color, orange, type PartProps, percent, short, TableDetails } from './display.tsx';

const size = { width: 640, height: 260, left: 64, top: 36, right: 20, bottom: 36 };

/** @param titles of loss and accuracy @param names of training and validation */
export function svgOf(
  { loss, accuracy }: { loss: Curve; accuracy: Curve },
  titles: [string, string],
  names: [string, string],
): string {
  const charts = [loss, accuracy].map((curve, i) => chart(curve, titles[i], names, i * size.height));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${2 * size.height}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="white"/>${charts.join('')}</svg>`
  );
}

function chart({ training, validation }: Curve, title: string, names: [string, string], top: number): string {
  const [xs, ys] = [
    [...training.x, ...validation.x],
    [...training.y, ...validation.y],
  ];
  if (xs.length === 0) return '';
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const x = (value: number) =>
    size.left + ((value - left) / (right - left || 1)) * (size.width - size.left - size.right);
  const y = (value: number) =>
    top +
    size.height -
    size.bottom -
    ((value - low) / (high - low || 1)) * (size.height - size.top - size.bottom);
  const path = (line: Line, color: Color, dash: string) =>
    line.x.length === 0
      ? ''
      : `<polyline fill="none" stroke="rgb(${color.join()})" stroke-width="2"${dash} points="` +
        `${line.x.map((at, i) => `${x(at).toFixed(1)},${y(line.y[i]).toFixed(1)}`).join(' ')}"/>`;
  const text = (at: number, height: number, words: string, anchor = 'start', color = '#444') =>
    `<text x="${at}" y="${height}" text-anchor="${anchor}" fill="${color}">${words}</text>`;
  const foot = top + size.height - size.bottom;
  return [
    text(size.left, top + 20, title),
    text(size.width - size.right - 90, top + 20, names[0], 'end', `rgb(${blue.join()})`),
    validation.x.length > 0 &&
      text(size.width - size.right, top + 20, names[1], 'end', `rgb(${orange.join()})`),
    `<path d="M${size.left} ${top + size.top}V${foot}H${size.width - size.right}" fill="none" stroke="#ccc"/>`,
    text(size.left - 8, y(low), short(low), 'end'),
    text(size.left - 8, y(high) + 8, short(high), 'end'),
    text(size.left, foot + 18, short(left)),
    text(size.width - size.right, foot + 18, short(right), 'end'),
    path(training, blue, ''),
    path(validation, orange, ' stroke-dasharray="6 4"'),
  ]
    .filter(Boolean)
    .join('');
}

export function curvesIn({ steps, records, initial }: Pick<Progress, 'steps' | 'records' | 'initial'>): {
  loss: Curve;
  accuracy: Curve;
} {
  const line = (field: 'loss' | 'accuracy' | 'validationLoss' | 'validationAccuracy'): Line => {
    const all = initial ? [{ epoch: 0, ...initial }, ...records] : records;
    const some = all.filter((record) => record[field] !== undefined);
    return { x: some.map(({ epoch }) => epoch), y: some.map((record) => record[field]!) };
  };
  return {
    loss: {
      training:
        steps.x.length === 0
          ? line('loss')
          : initial
            ? { x: [0, ...steps.x], y: [initial.loss, ...steps.y] }
            : steps,
      validation: line('validationLoss'),
    },
    accuracy: { training: line('accuracy'), validation: line('validationAccuracy') },
  };
}

export function Curves({ state, say }: PartProps) {
  const { progress, opened } = state;
  const { loss, accuracy } = curvesIn(progress ?? { steps: { x: [], y: [] }, records: [] });
  const isRegression = state.view?.predicted !== undefined;
  const charts = [
    { title: say('chart.loss'), curve: loss, format: short, baselines: progress?.baselines },
    // A regression has no accuracy.
    ...(isRegression
      ? []
      : [{ title: say('chart.accuracy'), curve: accuracy, format: percent, baselines: undefined }]),
  ];
  const hasBegun = loss.training.x.length > 0;
  const [Chart, setChart] = useState<typeof ChartPart>();
  useEffect(() => {
    // Nothing is drawn before the first step, so what draws need not be there before.
    if (hasBegun) void import('./chart.tsx').then((part) => setChart(() => part.Chart));
  }, [hasBegun]);
  const names: [string, string] = [say('chart.training'), say('chart.validation')];
  const records = thinned(progress?.records ?? []);
  return (
    <div class="curves">
      {charts.map(({ title, curve, format, baselines }) =>
        Chart && curve.training.x.length > 0 ? (
          <Chart
            key={title}
            {...{ title, curve, names, format, baselines }}
            epoch={say('chart.epoch')}
            end={opened!.epochs}
          />
        ) : (
          <figure key={title} class="panel">
            <figcaption>{title}</figcaption>
            <p class="hint">{say('chart.empty')}</p>
          </figure>
        ),
      )}
      <TableDetails
        summary={say('chart.table')}
        columns={[
          say('chart.epoch'),
          say('chart.loss'),
          say('chart.accuracy'),
          `${say('chart.loss')}, ${say('chart.validation')}`,
        ]}
        rows={records.map(({ epoch, loss, accuracy, validationLoss }) => [
          epoch,
          short(loss),
          percent(accuracy),
          validationLoss === undefined ? '–' : short(validationLoss),
        ])}
      />
    </div>
  );
}

const maxRows = 12;

const thinned = <T,>(records: T[]): T[] =>
  records.filter((_, i) => i === records.length - 1 || i % Math.ceil(records.length / maxRows) === 0);
