// Draws the charts of a report with uPlot. The colors are custom properties of style.css.
const integerSteps = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));

const format = (value) => {
  if (value === 0 || Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(5)));
};

function chart(figure) {
  const spec = JSON.parse(figure.querySelector('script').textContent);
  const place = figure.appendChild(document.createElement('div'));
  let logarithmic = false;
  let plot;

  const draw = () => {
    const shown = plot?.series.map(({ show }) => show);
    plot?.destroy();
    plot = new uPlot(optionsOf(spec, place.clientWidth, logarithmic, shown), columns(), place);
    makeAccessible(plot, spec);
  };
  // A logarithmic axis has no place for zero and below.
  const columns = () =>
    spec.data.map((column, i) => (i > 0 && logarithmic ? column.map((y) => (y > 0 ? y : null)) : column));

  if (spec.mayBeLogarithmic) {
    const button = document.createElement('button');
    Object.assign(button, {
      type: 'button',
      className: 'scale',
      textContent: 'logarithmic',
      ariaPressed: 'false',
    });
    button.onclick = () => {
      logarithmic = !logarithmic;
      button.ariaPressed = String(logarithmic);
      draw();
    };
    figure.append(button);
  }
  draw();
  new ResizeObserver(() => {
    if (plot.width !== place.clientWidth) plot.setSize({ width: place.clientWidth, height: plot.height });
  }).observe(place);
  return draw;
}

function optionsOf({ x, y, series, data, hover }, width, logarithmic, shown) {
  const style = getComputedStyle(document.documentElement);
  const themeColor = (name) => style.getPropertyValue(name).trim();
  const font = '12px Report, DejaVu Sans, Verdana, sans-serif';
  const axis = ({ label, integer }) => ({
    ...{ label, font, labelFont: font, labelSize: 20, stroke: themeColor('--ink') },
    ...{
      grid: { stroke: themeColor('--line'), width: 1 },
      ticks: { stroke: themeColor('--line'), width: 1 },
    },
    ...(integer && { incrs: integerSteps }),
    values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : format(tick))),
  });
  const range =
    ({ min, max }, margin) =>
    (_, low, high) => {
      if (low === null) return [min ?? 0, max ?? 1];
      const room = high > low ? margin * (high - low) : Math.abs(low) / 2 || 0.5;
      return [min ?? low - room, max ?? high + room];
    };
  const value = (_, number, i, row) => {
    if (number === null || number === undefined) return '–';
    const note = series[i - 1]?.notes?.[row];
    return format(number) + (note ? `, ${note}` : '');
  };
  return {
    width,
    height: 300,
    padding: [10, 14, 0, 0],
    scales: {
      x: { time: false, range: range(x, 0) },
      y: logarithmic ? { distr: 3 } : { range: range(y, 0.04) },
    },
    axes: [
      { ...axis(x), size: 34 },
      { ...axis(y), size: 62 },
    ],
    cursor: { y: false, ...(hover === 'point' && { x: false, dataIdx: (plot) => nearestRow(plot, data) }) },
    series: [
      { label: x.label, value },
      ...series.map(({ name, color, dash, scattered }, i) => {
        const stroke = themeColor(`--series-${color}`);
        const few = data[i + 1].filter((number) => number !== null).length <= 30;
        return {
          ...{ label: name, stroke, value, width: 2, spanGaps: true, show: shown?.[i + 1] ?? true },
          ...(dash && { dash: dash.split(' ').map(Number) }),
          ...(scattered && { paths: () => null }),
          points: { show: Boolean(scattered || few), size: 6, fill: stroke },
        };
      }),
    ],
  };
}

/** The row of the point next to the pointer. */
function nearestRow(plot, data) {
  const { left, top } = plot.cursor;
  let nearest = null;
  let least = Infinity;
  data.slice(1).forEach((column, i) => {
    if (!plot.series[i + 1].show) return;
    column.forEach((y, row) => {
      if (y === null) return;
      const away = Math.hypot(plot.valToPos(data[0][row], 'x') - left, plot.valToPos(y, 'y') - top);
      if (away < least) [nearest, least] = [row, away];
    });
  });
  return nearest;
}

/** Arrow keys move through the points, and Enter on a name in the legend hides its series. */
function makeAccessible(plot, { title, x, y, data }) {
  const legend = plot.root.querySelector('.u-legend');
  const last = data[0].length - 1;
  let row = -1;
  const tell = (text) =>
    Object.assign(plot.over, { ariaValueNow: String(Math.max(0, row)), ariaValueText: text });
  Object.assign(plot.over, { role: 'slider', tabIndex: 0, ariaValueMin: '0', ariaValueMax: String(last) });
  plot.over.ariaLabel = `${title}: ${y.label} by ${x.label}; the arrow keys show values`;
  tell('');
  const clear = () => {
    row = -1;
    plot.setCursor({ left: -10, top: -10 });
    tell('');
  };
  plot.over.onblur = clear;
  plot.over.onkeydown = (event) => {
    if (event.key === 'Escape') return clear();
    const leap = Math.max(1, Math.round(last / 10));
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: leap, PageDown: -leap };
    const to = { Home: 0, End: last }[event.key] ?? row + steps[event.key];
    if (Number.isNaN(to)) return;
    event.preventDefault();
    row = Math.min(last, Math.max(0, to));
    const value = data.slice(1).find((column) => column[row] !== null)?.[row] ?? 0;
    plot.setCursor({ left: plot.valToPos(data[0][row], 'x'), top: plot.valToPos(value, 'y') });
    const parts = Array.from(legend.querySelectorAll('.u-series'), (one) => {
      return `${one.querySelector('.u-label').textContent} ${one.querySelector('.u-value').textContent}`;
    });
    tell(parts.join('; '));
  };
  for (const name of legend.querySelectorAll('.u-series:not(:first-child) th')) {
    Object.assign(name, { role: 'button', tabIndex: 0 });
    name.onkeydown = ({ key }) => key === 'Enter' && name.click();
  }
}

const redraws = Array.from(document.querySelectorAll('figure.chart'), chart);
const redraw = () => redraws.forEach((draw) => draw());
// A canvas does not change its text by itself when the page's font has loaded.
document.fonts.ready.then(redraw);
matchMedia('(prefers-color-scheme: dark)').onchange = redraw;
// Paper is light, whatever the screen is.
const setPrinting = (printing) => {
  document.documentElement.classList.toggle('printing', printing);
  redraw();
};
addEventListener('beforeprint', () => setPrinting(true));
addEventListener('afterprint', () => setPrinting(false));
