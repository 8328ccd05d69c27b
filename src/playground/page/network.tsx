/** A drawing of a small network: units in columns, weights as lines. */
import type { Network } from '../messages.ts';
import type { Say } from '../texts/index.ts';
import { short } from './display.tsx';

const size = { width: 480, height: 300 };

export function NetworkPicture({ network, say }: { network: Network; say: Say }) {
  const { layers, weights, biases, activations } = network;
  const most = Math.max(1e-12, ...weights.flat().map(Math.abs));
  const radius = Math.min(22, size.height / Math.max(...layers) / 2.4);
  const x = (layer: number) => 40 + (layer / (layers.length - 1)) * (size.width - 80);
  const y = (layer: number, unit: number) => ((unit + 0.5) / layers[layer]) * size.height;
  const color = (value: number) => (value < 0 ? 'below' : 'above');
  return (
    <>
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        class="network"
        role="img"
        aria-label={say('picture.network')}
      >
        {weights.map((matrix, layer) =>
          matrix.map((weight, k) => {
            const [from, to] = [Math.floor(k / layers[layer + 1]), k % layers[layer + 1]];
            return (
              <line
                key={`${layer} ${k}`}
                class={color(weight)}
                x1={x(layer)}
                y1={y(layer, from)}
                x2={x(layer + 1)}
                y2={y(layer + 1, to)}
                stroke-width={0.5 + (7 * Math.abs(weight)) / most}
                opacity={0.25 + (0.7 * Math.abs(weight)) / most}
              />
            );
          }),
        )}
        {layers.map((units, layer) =>
          Array.from({ length: units }, (_, unit) => (
            <g key={`${layer} ${unit}`} transform={`translate(${x(layer)} ${y(layer, unit)})`}>
              <circle r={radius} />
              {radius > 14 && <text>{label(network, layer, unit)}</text>}
            </g>
          )),
        )}
      </svg>
      <details>
        <summary>{say('chart.table')}</summary>
        <ul>
          {weights.map((matrix, layer) =>
            biases[layer].map((bias, unit) => (
              <li key={`${layer} ${unit}`}>
                {`${say('picture.unit', { layer: layer + 1, unit: unit + 1 })}: `}
                {`w = ${matrix
                  .filter((_, k) => k % layers[layer + 1] === unit)
                  .map(short)
                  .join(', ')}; b = ${short(bias)}`}
                {activations?.[layer + 1] && `; ${short(activations[layer + 1][unit])}`}
              </li>
            )),
          )}
        </ul>
      </details>
    </>
  );
}

function label({ activations, layers }: Network, layer: number, unit: number): string {
  const value = activations?.[layer]?.[unit];
  if (value !== undefined) return Number(value.toFixed(2)).toString().replace('-', '−');
  if (layer === 0) return `x${'₁₂₃₄₅₆₇₈₉'[unit] ?? ''}`;
  return layer === layers.length - 1 ? 'ŷ' : 'h';
}
