/** Grey pictures as planes of numbers, and the few things that are done with them. Any environment, no library. */

/** `[height, width]`, row-major. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** A rectangle of pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const plane = (width: number, height: number): Plane => ({
  width,
  height,
  values: new Float32Array(width * height),
});

export const mapped = ({ width, height, values }: Plane, f: (value: number, i: number) => number): Plane => ({
  width,
  height,
  values: values.map(f),
});

/**
 * The value below which a share of all values lie, to one part in 1024 of their range.
 *
 * @param share from 0 to 1
 */
export function quantile(values: Float32Array, share: number): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return low;
  const bins = 1024;
  const counts = new Uint32Array(bins);
  const scale = (bins - 1) / (high - low);
  for (const value of values) counts[Math.round((value - low) * scale)]++;
  let left = share * (values.length - 1);
  let bin = 0;
  while (left >= counts[bin] && bin < bins - 1) left -= counts[bin++];
  return low + bin / scale;
}

/** Otsu's threshold (1979) of values from 0 to 1: the two groups that it makes differ most. */
export function otsu(values: Float32Array): number {
  const bins = 256;
  const counts = new Uint32Array(bins);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(value * bins))]++;
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [below, sumBelow, best, threshold] = [0, 0, -1, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin];
    sumBelow += counts[bin] * bin;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > best) [best, threshold] = [between, (bin + 1) / bins];
  }
  return threshold;
}

/**
 * A rectangle of a plane in another size: each new pixel is the mean of the area that it covers. What lies outside of the
 * plane is 0. Where it grows, neighboring pixels are blended.
 */
export function resized(from: Plane, box: Box, width: number, height: number): Plane {
  const across = weights(box.left, box.width, width, from.width);
  const down = weights(box.top, box.height, height, from.height);
  const rows = plane(width, from.height);
  for (let y = 0; y < from.height; y++) {
    across.forEach(({ first, shares }, x) => {
      let sum = 0;
      for (let i = 0; i < shares.length; i++) sum += shares[i] * from.values[y * from.width + first + i];
      rows.values[y * width + x] = sum;
    });
  }
  const to = plane(width, height);
  down.forEach(({ first, shares }, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < shares.length; i++) sum += shares[i] * rows.values[(first + i) * width + x];
      to.values[y * width + x] = sum;
    }
  });
  return to;
}

/** Which old pixels make each new one along one side, and how much of it: a window as wide as the wider pixel. */
function weights(start: number, length: number, pixels: number, limit: number) {
  const scale = length / pixels;
  const reach = Math.max(1, scale) / 2;
  return Array.from({ length: pixels }, (_, i) => {
    const middle = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(middle - reach));
    const last = Math.min(limit, Math.ceil(middle + reach));
    const shares = Array.from({ length: Math.max(0, last - first) }, (_, k) => {
      const pixel = first + k;
      return Math.max(0, Math.min(pixel + 1, middle + reach) - Math.max(pixel, middle - reach)) / (2 * reach);
    });
    return { first, shares };
  });
}

/** Each pixel becomes the largest within `radius` pixels around it, which may be a fraction. */
export function dilated(from: Plane, radius: number): Plane {
  const { width, height, values } = from;
  const to = plane(width, height);
  const reach = Math.ceil(radius);
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      // Below 0 in the corners, where nothing is the largest.
      const share = Math.min(1, radius + 1 - Math.hypot(dx, dy));
      const [top, bottom] = [Math.max(0, -dy), Math.min(height, height - dy)];
      const [left, right] = [Math.max(0, -dx), Math.min(width, width - dx)];
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const value = share * values[(y + dy) * width + x + dx];
          if (value > to.values[y * width + x]) to.values[y * width + x] = value;
        }
      }
    }
  }
  return to;
}

/** A patch of pixels that touch one another, corners included. */
export interface Patch extends Box {
  /** Pixels. */
  size: number;
  /** Its number in the map, from 1 on. */
  label: number;
}

/** The patches of all pixels above a threshold, and for each pixel the number of its patch, or 0. */
export function patchesOf(
  { width, height, values }: Plane,
  threshold: number,
): { patches: Patch[]; labels: Uint32Array } {
  const labels = new Uint32Array(width * height);
  const patches: Patch[] = [];
  const queue: number[] = [];
  for (let start = 0; start < labels.length; start++) {
    if (labels[start] > 0 || values[start] <= threshold) continue;
    const label = patches.length + 1;
    let [left, right, top, bottom, size] = [width, 0, height, 0, 0];
    labels[start] = label;
    queue.push(start);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      size++;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (labels[next] > 0 || values[next] <= threshold) continue;
          labels[next] = label;
          queue.push(next);
        }
      }
    }
    patches.push({ label, size, left, top, width: right - left + 1, height: bottom - top + 1 });
  }
  return { patches, labels };
}
