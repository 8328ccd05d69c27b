/** Loss and accuracy, live. */
import { useEffect, useState } from 'preact/hooks';
import type { Line, Progress } from '../messages.ts';
import type { Chart as ChartPart, Curve } from './chart.tsx';
import { percent, short, type PartProps } from './words.ts';

export function curvesIn({ steps, records }: Pick<Progress, 'steps' | 'records'>): {
  loss: Curve;
  accuracy: Curve;
} {
  const line = (field: 'loss' | 'accuracy' | 'validationLoss' | 'validationAccuracy'): Line => {
    const some = records.filter((record) => record[field] !== undefined);
    return { x: some.map(({ epoch }) => epoch), y: some.map((record) => record[field]!) };
  };
  return {
    loss: { training: steps.x.length > 0 ? steps : line('loss'), validation: line('validationLoss') },
    accuracy: { training: line('accuracy'), validation: line('validationAccuracy') },
  };
}

export function Curves({ state, say }: PartProps) {
  const { progress } = state;
  const { loss, accuracy } = curvesIn(progress ?? { steps: { x: [], y: [] }, records: [] });
  const charts = [
    { title: say('chart.loss'), curve: loss, format: short },
    { title: say('chart.accuracy'), curve: accuracy, format: percent },
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
    <div class="panel curves">
      {charts.map(({ title, curve, format }) =>
        Chart && curve.training.x.length > 0 ? (
          <Chart key={title} {...{ title, curve, names, format }} epoch={say('chart.epoch')} />
        ) : (
          <figure key={title}>
            <figcaption>{title}</figcaption>
            <p class="hint">{say('chart.empty')}</p>
          </figure>
        ),
      )}
      <details>
        <summary>{say('chart.table')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('chart.epoch')}</th>
              <th scope="col">{say('chart.loss')}</th>
              <th scope="col">{say('chart.accuracy')}</th>
              <th scope="col">{`${say('chart.loss')}, ${say('chart.validation')}`}</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <tr key={record.epoch}>
                <th scope="row">{record.epoch}</th>
                <td>{short(record.loss)}</td>
                <td>{percent(record.accuracy)}</td>
                <td>{record.validationLoss === undefined ? '–' : short(record.validationLoss)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

const mostRows = 12;

const thinned = <T,>(records: T[]): T[] =>
  records.filter((_, i) => i === records.length - 1 || i % Math.ceil(records.length / mostRows) === 0);
