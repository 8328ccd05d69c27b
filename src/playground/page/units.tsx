/** A small dense network as units and weighted lines; of two inputs, each unit with its own picture of the plane. */
import type { DataCard, Network } from '../messages.ts';
import type { Say } from '../texts/index.ts';
import { inPixels, paint, pairOn, short, useCanvas } from './display.tsx';

const maxLabels = 24;

export function Units({ network, data, say }: { network: Network; data: DataCard; say: Say }) {
  const { layers, weights, biases, activations, surfaces } = network;
  const most = Math.max(1e-12, ...weights.flat().map(Math.abs));
  const side = surfaces ? 64 : 44;
  const step = { x: Math.max(190, side * 3), y: side + 34 };
  const height = Math.max(...layers) * step.y;
  const width = (layers.length - 1) * step.x + side;
  const x = (layer: number) => layer * step.x;
  const y = (layer: number, unit: number) => ((unit + 0.5) / layers[layer]) * height;
  const isLabeled = weights.flat().length <= maxLabels;
  const last = layers.length - 1;
  const nameOf = (layer: number, unit: number) =>
    layer === 0
      ? `x${subscript(unit)}`
      : layer === last
        ? `ŷ${layers[last] > 1 ? subscript(unit) : ''}`
        : `h${subscript(unit)}`;
  return (
    <div class="board" tabIndex={0} role="group" aria-label={say('graph.units')}>
      <div class="nodes units" style={inPixels({ width: width + 32, height: height + 32 })}>
        <svg width={width + 32} height={height + 32} role="img" aria-label={say('picture.network')}>
          <g transform="translate(16 16)">
            {weights.map((matrix, layer) =>
              matrix.map((weight, k) => {
                const [from, to] = [Math.floor(k / layers[layer + 1]), k % layers[layer + 1]];
                const [x1, x2] = [x(layer) + side, x(layer + 1)];
                const [y1, y2] = [y(layer, from), y(layer + 1, to)];
                const share = 0.3;
                return (
                  <g key={`${layer} ${k}`} class={weight < 0 ? 'below' : 'above'}>
                    <line
                      {...{ x1, x2, y1, y2 }}
                      stroke-width={0.7 + (6 * Math.abs(weight)) / most}
                      opacity={0.3 + (0.6 * Math.abs(weight)) / most}
                    >
                      <title>{`${nameOf(layer, from)} → ${nameOf(layer + 1, to)}: ${weight}`}</title>
                    </line>
                    {isLabeled && (
                      <text x={x1 + share * (x2 - x1)} y={y1 + share * (y2 - y1) - 5}>
                        {short(weight, 3)}
                      </text>
                    )}
                  </g>
                );
              }),
            )}
          </g>
        </svg>
        {layers.map((units, layer) =>
          Array.from({ length: units }, (_, unit) => {
            const value = activations?.[layer]?.[unit];
            const bias = biases[layer - 1]?.[unit];
            return (
              <div
                key={`${layer} ${unit}`}
                class="unit"
                style={inPixels({
                  left: x(layer) + 16,
                  top: y(layer, unit) - side / 2 + 16,
                  width: side,
                  height: side,
                })}
              >
                {surfaces?.[layer]?.[unit] ? (
                  <UnitSurface values={surfaces[layer][unit]} label={nameOf(layer, unit)} />
                ) : (
                  <span class="disc" />
                )}
                <span class="unit-name">
                  {nameOf(layer, unit)}
                  {value !== undefined && ` = ${short(value, 3)}`}
                </span>
                {bias !== undefined && <span class="unit-bias">b = {short(bias, 3)}</span>}
              </div>
            );
          }),
        )}
      </div>
      <p class="hint">{say(data.kind === 'plane' ? 'picture.unitsHint' : 'picture.networkHint')}</p>
    </div>
  );
}

const subscript = (unit: number): string =>
  String(unit + 1).replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]);

/** What a unit answers at every place of the plane: blue low, orange high. */
function UnitSurface({ values, label }: { values: Float32Array; label: string }) {
  const side = Math.sqrt(values.length);
  const canvas = useCanvas(
    (context) => {
      const picture = new ImageData(side, side);
      const [below, above] = pairOn(context.canvas);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      values.forEach((value, i) => {
        const at = (side - 1 - Math.floor(i / side)) * side + (i % side);
        const share = high > low ? (2 * (value - low)) / (high - low) - 1 : 0;
        paint(picture, at, share < 0 ? below : above, 0.75 * Math.abs(share));
      });
      context.putImageData(picture, 0, 0);
    },
    [values],
  );
  return <canvas ref={canvas} width={side} height={side} role="img" aria-label={label} />;
}
