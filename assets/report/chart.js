// Draws the page's charts: lines and points over two axes, values under the pointer or by the arrow keys, series that
// can be switched off. Colours are those of style.css.
(() => {
  const height = 340;
  const namespace = 'http://www.w3.org/2000/svg';

  const element = (name, attributes = {}, text = '') => {
    const made = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };
  const line = (kind, x1, y1, x2, y2) => element('line', { class: kind, x1, y1, x2, y2 });

  /** @param more further classes */
  const inColour = (colour, more = '') => ({
    class: `stroke${more}`,
    style: `color: var(--series-${colour})`,
  });

  const shown = (value) => {
    if (value === 0 || Number.isInteger(value)) return String(value);
    const size = Math.abs(value);
    return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(5)));
  };

  /** About so many round numbers between two ends. */
  const linearTicks = (min, max, about, integer) => {
    const rough = (max - min) / about;
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

  /** From values to places: `at(value)`, and the ticks between the ends. */
  const scaleOf = (axis, values, [from, to], margin, about) => {
    const { min, max, logarithmic } = axis;
    let low = logarithmic && !(min > 0) ? undefined : min;
    low ??= values.reduce((a, b) => Math.min(a, b), Infinity);
    let high = max ?? values.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!Number.isFinite(low)) [low, high] = [0.1, 1];
    else if (!(low < high)) {
      const half = (Math.abs(low) || 1) / 2;
      [low, high] = [low - half, low + half];
    } else if (logarithmic) {
      if (margin) [low, high] = [low * 0.9, high * 1.1];
    } else {
      const room = (high - low) * margin;
      [low, high] = [min ?? low - room, max ?? high + room];
    }
    const scale = logarithmic ? Math.log10 : Number;
    const at = (value) => from + ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (to - from);
    const ticks = logarithmic ? logTicks(low, high) : linearTicks(low, high, about, axis.integer);
    return { at, ticks };
  };

  const draw = (figure) => {
    const chart = JSON.parse(figure.querySelector('script').textContent);
    const labelled = chart.series.some(({ labels }) => labels);
    const hidden = new Set();
    let logarithmic = false;
    /** What `redraw` leaves for pointer and keys: the points in view, from left to right. */
    let view;
    const svg = element('svg', { role: 'slider', tabindex: 0, 'aria-valuemin': 0 });
    svg.setAttribute(
      'aria-label',
      `${chart.title}: ${chart.y.label} by ${chart.x.label}; arrow keys tell values`,
    );

    const redraw = () => {
      const width = Math.round(Math.max(300, Math.min(660, figure.clientWidth)));
      const area = { left: 66, right: width - 22, top: labelled ? 30 : 12, bottom: height - 50 };
      svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
      const series = chart.series
        .filter(({ name }) => !hidden.has(name))
        .map((one) => ({
          ...one,
          kept: one.points
            .map(([x, y], i) => ({ x, y, note: one.notes?.[i], label: one.labels?.[i], of: one }))
            .filter(({ y }) => y !== null && (!logarithmic || y > 0)),
        }));
      const all = series.flatMap(({ kept }) => kept);
      const values = (key) => all.map((point) => point[key]);
      const x = scaleOf(chart.x, values('x'), [area.left, area.right], 0, width < 450 ? 3 : 5);
      const axis = { ...chart.y, logarithmic };
      const y = scaleOf(axis, values('y'), [area.bottom, area.top], 0.04, 5);

      svg.replaceChildren();
      for (const tick of y.ticks) {
        svg.append(line('grid', area.left, y.at(tick), area.right, y.at(tick)));
        const place = { x: area.left - 7, y: y.at(tick) + 4, 'text-anchor': 'end' };
        svg.append(element('text', place, shown(tick)));
      }
      for (const tick of x.ticks) {
        svg.append(line('axis', x.at(tick), area.bottom, x.at(tick), area.bottom + 5));
        const place = { x: x.at(tick), y: area.bottom + 19, 'text-anchor': 'middle' };
        svg.append(element('text', place, shown(tick)));
      }
      svg.append(line('axis', area.left, area.bottom, area.right, area.bottom));
      svg.append(line('axis', area.left, area.top, area.left, area.bottom));
      const [middleX, middleY] = [(area.left + area.right) / 2, (area.top + area.bottom) / 2];
      const middle = { 'text-anchor': 'middle' };
      svg.append(element('text', { x: middleX, y: height - 10, ...middle }, chart.x.label));
      const turned = { x: 14, y: middleY, transform: `rotate(-90 14 ${middleY})`, ...middle };
      svg.append(element('text', turned, chart.y.label));
      if (chart.diagonal) svg.append(line('diagonal', x.at(0), y.at(0), x.at(1), y.at(1)));

      for (const { kept, colour, dash, scattered } of series) {
        for (const point of kept) [point.left, point.top] = [x.at(point.x), y.at(point.y)];
        const points = kept.map(({ left, top }) => `${left.toFixed(1)},${top.toFixed(1)}`).join(' ');
        const kind = inColour(colour);
        if (!scattered) svg.append(element('polyline', { points, ...kind, 'stroke-dasharray': dash }));
        if (!scattered && kept.length > 30) continue;
        for (const { left, top } of kept)
          svg.append(element('circle', { cx: left, cy: top, r: 3.5, ...kind }));
        for (const { left, top, label } of kept) {
          if (label === undefined) continue;
          // Where a rising line is not: below on the right, at the right end above on the left.
          const last = left > area.right - 30;
          const place = { x: left + (last ? -6 : 6), y: top + (last || top > area.bottom - 20 ? -8 : 16) };
          svg.append(
            element('text', { ...place, 'text-anchor': last ? 'end' : 'start', class: 'label' }, label),
          );
        }
      }
      const layer = element('g', { 'pointer-events': 'none' });
      svg.append(layer);
      const stops = [...all].sort((a, b) => a.left - b.left);
      view = { width, area, layer, stops: chart.hover === 'point' ? stops : oneEach(stops), all };
      svg.setAttribute('aria-valuemax', Math.max(0, view.stops.length - 1));
      tell(undefined);
    };
    const oneEach = (stops) => stops.filter(({ x }, i) => i === 0 || x !== stops[i - 1].x);

    /** The values at a point, in a box and in words. */
    const tell = (point) => {
      const { layer, area, width, stops, all } = view;
      layer.replaceChildren();
      svg.setAttribute('aria-valuenow', point ? stops.indexOf(point) : 0);
      svg.setAttribute('aria-valuetext', '');
      if (!point) return;
      const here = chart.hover === 'point' ? [point] : all.filter(({ x }) => x === point.x);
      const lines = [
        `${chart.x.label} ${shown(point.x)}`,
        ...here.map(({ of, y, note }) => `${of.name}: ${shown(y)}${note ? `, ${note}` : ''}`),
      ];
      svg.setAttribute('aria-valuetext', lines.join('; '));
      if (chart.hover !== 'point') layer.append(line('axis', point.left, area.top, point.left, area.bottom));
      for (const { left, top, of } of here)
        layer.append(element('circle', { cx: left, cy: top, r: 5.5, ...inColour(of.colour, ' hollow') }));
      const box = element('rect', { class: 'box', y: 18, height: 10 + 17 * lines.length, rx: 4 });
      const texts = lines.map((text, i) => element('text', { y: 36 + 17 * i }, text));
      layer.append(box, ...texts);
      const wide = 14 + Math.max(...texts.map((text) => text.getComputedTextLength()));
      const left = point.left + wide + 12 > width ? Math.max(0, point.left - wide - 10) : point.left + 10;
      box.setAttribute('x', left);
      box.setAttribute('width', wide);
      for (const text of texts) text.setAttribute('x', left + 7);
    };

    svg.onpointerleave = () => tell(undefined);
    svg.onblur = () => tell(undefined);
    svg.onpointermove = (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) * view.width) / box.width;
      const y = ((event.clientY - box.top) * height) / box.height;
      const away = ({ left, top }) => Math.abs(left - x) + (chart.hover === 'point' ? Math.abs(top - y) : 0);
      tell(view.stops.reduce((a, b) => (a && away(a) <= away(b) ? a : b), undefined));
    };
    svg.onkeydown = (event) => {
      const last = view.stops.length - 1;
      const told = svg.getAttribute('aria-valuetext') !== '';
      const now = Number(svg.getAttribute('aria-valuenow'));
      const leap = Math.max(1, Math.round(last / 10));
      const to = {
        ArrowRight: told ? now + 1 : 0,
        ArrowUp: told ? now + 1 : 0,
        ArrowLeft: told ? now - 1 : last,
        ArrowDown: told ? now - 1 : last,
        PageUp: now + leap,
        PageDown: now - leap,
        Home: 0,
        End: last,
      }[event.key];
      if (event.key === 'Escape') tell(undefined);
      if (to === undefined || last < 0) return;
      event.preventDefault();
      tell(view.stops[Math.min(last, Math.max(0, to))]);
    };

    const button = (kind, pressed, onclick, ...content) => {
      const made = document.createElement('button');
      Object.assign(made, { type: 'button', className: kind });
      const show = (state) => made.setAttribute('aria-pressed', String(state));
      made.onclick = () => {
        show(onclick());
        redraw();
      };
      show(pressed);
      made.append(...content);
      return made;
    };
    const legend = document.createElement('div');
    legend.className = 'legend';
    for (const { name, colour, dash } of chart.series) {
      const swatch = element('svg', { class: 'swatch', viewBox: '0 0 22 10', 'aria-hidden': true });
      const stroke = { x1: 0, y1: 5, x2: 22, y2: 5, 'stroke-dasharray': dash };
      swatch.append(element('line', { ...stroke, ...inColour(colour) }));
      const toggle = () => hidden.delete(name) || !hidden.add(name);
      legend.append(button('series', true, toggle, swatch, name));
    }
    if (chart.mayBeLogarithmic)
      legend.append(button('scale', false, () => (logarithmic = !logarithmic), 'logarithmic'));
    figure.append(svg, legend);
    redraw();
    new ResizeObserver(() => {
      if (Math.abs(figure.clientWidth - view.width) > 1) redraw();
    }).observe(figure);
  };

  for (const figure of document.querySelectorAll('figure.chart')) draw(figure);
})();
