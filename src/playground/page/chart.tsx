/** A chart of training and validation that grows during training, with the latest values in its legend. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Line } from '../messages.ts';
import { onColorScheme } from './display.tsx';

/** A chart's lines: training and validation. */
export interface Curve {
  training: Line;
  validation: Line;
}

interface ChartProps {
  title: string;
  curve: Curve;
  names: [training: string, validation: string];
  epoch: string;
  /** Last epoch of the run, so that charts line up. */
  end: number;
  format: (value: number) => string;
  /** Values to compare with, by name, drawn as level lines. */
  baselines?: Record<string, number>;
}

const height = 200;

export function Chart({ title, curve, names, epoch, end, format, baselines = {} }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  // Where nothing validates, nothing is said of it.
  const lines = [curve.training, curve.validation].filter(({ x }) => x.length > 0);
  const levels = Object.entries(baselines);
  const data: uPlot.AlignedData = uPlot.join([
    ...lines.map(({ x, y }): uPlot.AlignedData => [x, y]),
    ...levels.map(([, value]): uPlot.AlignedData => [
      [0, end],
      [value, value],
    ]),
  ]);
  useEffect(() => {
    const box = place.current!;
    const make = () => {
      chart.current?.destroy();
      chart.current = new uPlot(
        optionsFor(box, {
          names: names.slice(0, lines.length),
          title,
          epoch,
          end,
          format,
          levels: levels.length,
        }),
        data,
        box,
      );
    };
    make();
    const endScheme = onColorScheme(make);
    const observer = new ResizeObserver(() => chart.current?.setSize({ width: box.clientWidth, height }));
    observer.observe(box);
    return () => {
      observer.disconnect();
      endScheme();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [names.join(), title, epoch, end, lines.length, levels.length]);
  useEffect(
    () => chart.current?.setData(data),
    [curve.training.x.length, curve.training.x.at(-1), curve.validation.x.length],
  );
  return (
    <figure class="panel">
      <figcaption>
        {title}
        <ul class="legend">
          {lines.map(({ y }, i) => (
            <li key={names[i]}>
              <span class={`stroke ${['solid', 'dashed'][i]}`} />
              {names[i]} <b>{format(y.at(-1)!)}</b>
            </li>
          ))}
          {levels.map(([name, value]) => (
            <li key={name}>
              <span class="stroke level" />
              {name} <b>{format(value)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={place} class="chart" />
    </figure>
  );
}

function optionsFor(
  place: HTMLElement,
  {
    names,
    title,
    epoch,
    end,
    format,
    levels,
  }: Pick<ChartProps, 'title' | 'epoch' | 'end' | 'format'> & { names: string[]; levels: number },
): uPlot.Options {
  const style = getComputedStyle(place);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--soft'),
    grid: { stroke: color('--line'), width: 1 },
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
    scales: { x: { time: false, range: [0, end] } },
    axes: [
      { ...axis, label: epoch, labelSize: 18, labelFont: axis.font, size: 26 },
      {
        ...axis,
        label: title,
        labelSize: 18,
        labelFont: axis.font,
        size: 54,
        splits: undefined,
        values: (_: uPlot, values: number[]) => values.map((value) => format(value)),
      },
    ],
    series: [
      { label: epoch },
      ...names.map((label, i) => ({
        label,
        stroke: color(['--blue', '--orange'][i]),
        width: 2,
        dash: [[], [6, 4]][i],
        spanGaps: true,
        value: shown,
        points: { show: false },
      })),
      ...Array.from({ length: levels }, () => ({
        stroke: color('--edge'),
        width: 1,
        dash: [2, 3],
        spanGaps: true,
        points: { show: false },
      })),
    ],
  };
}
