// Draws the page's charts: lines over two axes, values under the pointer, series that can be switched off.
(() => {
  const [width, height] = [640, 340];
  const area = { left: 66, right: 614, top: 12, bottom: 290 };
  const namespace = 'http://www.w3.org/2000/svg';

  const element = (name, attributes = {}, text = '') => {
    const made = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };

  const shown = (value) => {
    if (value === 0 || Number.isInteger(value)) return String(value);
    const size = Math.abs(value);
    return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(5)));
  };

  /** About five round numbers between two ends. */
  const linearTicks = (min, max, integer) => {
    const rough = (max - min) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    let step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
    if (integer) step = Math.max(1, Math.round(step));
    const first = Math.ceil(min / step - 1e-9);
    const count = Math.floor(max / step + 1e-9) - first;
    return Array.from({ length: count + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  };

  /** Powers of ten; where there are few of them, also 2 and 5 times as much. */
  const logTicks = (min, max) => {
    const [from, to] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
    const factors = to - from <= 2 ? [1, 2, 5] : [1];
    const every = Math.ceil((to - from) / 6);
    const ticks = [];
    for (let power = from; power <= to; power += every)
      for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(3)));
    return ticks.filter((tick) => tick >= min * 0.999 && tick <= max * 1.001);
  };

  const draw = (figure) => {
    const chart = JSON.parse(figure.querySelector('script').textContent);
    const hidden = new Set();
    let logarithmic = false;
    const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' });
    svg.setAttribute('aria-label', `${chart.title}: ${chart.y.label} by ${chart.x.label}`);

    const redraw = () => {
      const visible = chart.series
        .filter((series) => !hidden.has(series.name))
        .map((series) => ({
          ...series,
          kept: series.points
            .map(([x, y], i) => ({ x, y, note: series.notes?.[i] }))
            .filter(({ y }) => y !== null && (!logarithmic || y > 0)),
        }));
      const all = visible.flatMap(({ kept }) => kept);
      const ends = (axis, key) => {
        const values = all.map((point) => point[key]);
        const least = (!(logarithmic && key === 'y') && axis.min) ?? undefined;
        const min = typeof least === 'number' ? least : values.reduce((a, b) => Math.min(a, b), Infinity);
        const max = axis.max ?? values.reduce((a, b) => Math.max(a, b), -Infinity);
        if (!(min < max))
          return Number.isFinite(min)
            ? [min - (Math.abs(min) || 1) / 2, min + (Math.abs(min) || 1) / 2]
            : [0.1, 1];
        if (logarithmic && key === 'y') return [min * 0.9, max * 1.1];
        const margin = key === 'y' ? (max - min) * 0.04 : 0;
        return [axis.min ?? min - margin, axis.max ?? max + margin];
      };
      const [[x0, x1], [y0, y1]] = [ends(chart.x, 'x'), ends(chart.y, 'y')];
      const scale = logarithmic ? Math.log10 : (value) => value;
      const toX = (x) => area.left + ((x - x0) / (x1 - x0)) * (area.right - area.left);
      const toY = (y) =>
        area.bottom - ((scale(y) - scale(y0)) / (scale(y1) - scale(y0))) * (area.bottom - area.top);

      svg.replaceChildren();
      const add = (...all) => svg.append(...all);
      for (const tick of logarithmic ? logTicks(y0, y1) : linearTicks(y0, y1)) {
        const y = toY(tick);
        add(element('line', { x1: area.left, x2: area.right, y1: y, y2: y, stroke: '#e4e4e4' }));
        add(element('text', { x: area.left - 7, y: y + 4, 'text-anchor': 'end' }, shown(tick)));
      }
      for (const tick of linearTicks(x0, x1, chart.x.integer)) {
        const x = toX(tick);
        add(element('line', { x1: x, x2: x, y1: area.bottom, y2: area.bottom + 5, stroke: '#555' }));
        add(element('text', { x, y: area.bottom + 19, 'text-anchor': 'middle' }, shown(tick)));
      }
      add(
        element('line', { x1: area.left, x2: area.right, y1: area.bottom, y2: area.bottom, stroke: '#555' }),
      );
      add(element('line', { x1: area.left, x2: area.left, y1: area.top, y2: area.bottom, stroke: '#555' }));
      const [middleX, middleY] = [(area.left + area.right) / 2, (area.top + area.bottom) / 2];
      add(element('text', { x: middleX, y: height - 10, 'text-anchor': 'middle' }, chart.x.label));
      const turned = { x: 14, y: middleY, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middleY})` };
      add(element('text', turned, chart.y.label));
      if (chart.diagonal) {
        const line = {
          x1: toX(0),
          y1: toY(0),
          x2: toX(1),
          y2: toY(1),
          stroke: '#888',
          'stroke-dasharray': '4 4',
        };
        add(element('line', line));
      }
      for (const { kept, colour, dash, dots } of visible) {
        const places = kept.map(({ x, y }) => [toX(x), toY(y)]);
        const points = places.map((place) => place.map((p) => p.toFixed(1)).join(',')).join(' ');
        add(
          element('polyline', {
            points,
            fill: 'none',
            stroke: colour,
            'stroke-width': 2,
            'stroke-dasharray': dash,
          }),
        );
        if (dots || places.length <= 30)
          for (const [cx, cy] of places) add(element('circle', { cx, cy, r: 3, fill: colour }));
      }
      hover(visible, toX, toY);
    };

    /** What is near the pointer, in a box. */
    const hover = (visible, toX, toY) => {
      const layer = element('g', { 'pointer-events': 'none' });
      svg.append(layer);
      svg.onpointerleave = () => layer.replaceChildren();
      svg.onpointermove = (event) => {
        const box = svg.getBoundingClientRect();
        const x = ((event.clientX - box.left) * width) / box.width;
        const y = ((event.clientY - box.top) * height) / box.height;
        const away = (point) =>
          Math.abs(toX(point.x) - x) + (chart.hover === 'point' ? Math.abs(toY(point.y) - y) : 0);
        let near = visible.flatMap(({ kept, name, colour }) => {
          const best = kept.reduce((a, b) => (a && away(a) <= away(b) ? a : b), undefined);
          return best ? [{ ...best, name, colour }] : [];
        });
        near.sort((a, b) => away(a) - away(b));
        if (chart.hover === 'point') near = near.slice(0, 1);
        else near = near.filter((point) => point.x === near[0].x);
        layer.replaceChildren();
        if (near.length === 0) return;
        const lines = [
          `${chart.x.label} ${shown(near[0].x)}`,
          ...near.map(({ name, y, note }) => `${name}: ${shown(y)}${note ? `, ${note}` : ''}`),
        ];
        const wide = 14 + 8.4 * Math.max(...lines.map((line) => line.length));
        const at = toX(near[0].x);
        const left = at + wide + 12 > area.right ? Math.max(0, at - wide - 10) : at + 10;
        if (chart.hover !== 'point')
          layer.append(element('line', { x1: at, x2: at, y1: area.top, y2: area.bottom, stroke: '#777' }));
        for (const point of near)
          layer.append(
            element('circle', {
              cx: toX(point.x),
              cy: toY(point.y),
              r: 5,
              fill: '#fff',
              stroke: point.colour,
              'stroke-width': 2.5,
            }),
          );
        layer.append(
          element('rect', {
            x: left,
            y: 18,
            width: wide,
            height: 10 + 17 * lines.length,
            rx: 4,
            fill: '#fff',
            stroke: '#999',
          }),
          ...lines.map((line, i) => element('text', { x: left + 7, y: 36 + 17 * i }, line)),
        );
      };
    };

    const legend = document.createElement('div');
    legend.className = 'legend';
    for (const { name, colour, dash } of chart.series) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'series';
      button.setAttribute('aria-pressed', 'true');
      const swatch = element('svg', { class: 'swatch', viewBox: '0 0 22 10' });
      swatch.append(
        element('line', {
          x1: 0,
          x2: 22,
          y1: 5,
          y2: 5,
          stroke: colour,
          'stroke-width': 3,
          'stroke-dasharray': dash,
        }),
      );
      button.append(swatch, name);
      button.onclick = () => {
        if (!hidden.delete(name)) hidden.add(name);
        button.setAttribute('aria-pressed', String(!hidden.has(name)));
        redraw();
      };
      legend.append(button);
    }
    if (chart.mayBeLogarithmic) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'scale';
      button.textContent = 'logarithmic';
      button.setAttribute('aria-pressed', 'false');
      button.onclick = () => {
        logarithmic = !logarithmic;
        button.setAttribute('aria-pressed', String(logarithmic));
        redraw();
      };
      legend.append(button);
    }
    figure.append(svg, legend);
    redraw();
  };

  for (const figure of document.querySelectorAll('figure.chart')) draw(figure);
})();
