/** Loss and accuracy, live. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Line, Progress } from '../messages.ts';
import { percent, short, type PartProps } from './words.ts';

/** A chart's lines: training and validation. */
export interface Curve {
  training: Line;
  validation: Line;
}

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
  const names: [string, string] = [say('chart.training'), say('chart.validation')];
  const records = thinned(progress?.records ?? []);
  return (
    <div class="panel curves">
      <Chart
        title={say('chart.loss')}
        curve={loss}
        names={names}
        epoch={say('chart.epoch')}
        empty={say('chart.empty')}
        format={short}
      />
      <Chart
        title={say('chart.accuracy')}
        curve={accuracy}
        names={names}
        epoch={say('chart.epoch')}
        empty={say('chart.empty')}
        format={percent}
      />
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

interface ChartProps {
  title: string;
  curve: Curve;
  names: [training: string, validation: string];
  epoch: string;
  /** Said where there are no lines yet. */
  empty: string;
  format: (value: number) => string;
}

const height = 168;

function Chart({ title, curve, names, epoch, empty, format }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const isEmpty = curve.training.x.length === 0;
  // Where nothing validates, nothing is said of it.
  const lines = [curve.training, curve.validation].filter(({ x }) => x.length > 0);
  const data: uPlot.AlignedData = isEmpty ? [[]] : uPlot.join(lines.map(({ x, y }) => [x, y]));
  useEffect(() => {
    if (isEmpty) return;
    const make = () => {
      chart.current?.destroy();
      chart.current = new uPlot(
        optionsFor(place.current!, { names: names.slice(0, lines.length), epoch, format }),
        data,
        place.current!,
      );
    };
    make();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', make);
    const observer = new ResizeObserver(() =>
      chart.current?.setSize({ width: place.current!.clientWidth, height }),
    );
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', make);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [names.join(), epoch, lines.length]);
  useEffect(
    () => chart.current?.setData(data),
    [curve.training.x.length, curve.training.x.at(-1), curve.validation.x.length],
  );
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={place} class="chart" hidden={isEmpty} />
      {isEmpty && <p class="hint">{empty}</p>}
    </figure>
  );
}

function optionsFor(
  place: HTMLElement,
  { names, epoch, format }: Pick<ChartProps, 'epoch' | 'format'> & { names: string[] },
): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  };
  const shown = (_: uPlot, value: number | null) => (value === null ? '' : format(value));
  return {
    width: place.clientWidth,
    height,
    padding: [8, 22, 0, 0],
    cursor: { points: { size: 6 } },
    legend: { live: true },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 28 },
      {
        ...axis,
        size: 52,
        splits: undefined,
        values: (_: uPlot, values: number[]) => values.map((value) => format(value)),
      },
    ],
    series: [
      { label: epoch },
      ...names.map((label, i) => ({
        label,
        stroke: colour(['--blue', '--orange'][i]),
        width: 2,
        dash: [[], [6, 4]][i],
        spanGaps: true,
        value: shown,
        points: { show: false },
      })),
    ],
  };
}
