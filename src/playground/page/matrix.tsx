/** Numbers in rows and columns, tinted by their size; of large tensors a corner, of pictures the picture. */
import type { Seen } from '../messages.ts';
import { Tiles } from './pictures.tsx';
import { short, type PartProps } from './words.ts';

const most = { rows: 6, columns: 8 };

export function Matrix({ tensor: { name, shape, values }, say }: { tensor: Seen; say: PartProps['say'] }) {
  const columns = shape.length === 0 ? 1 : shape.at(-1)!;
  const rows = values.length / columns;
  const largest = values.reduce((sum, value) => Math.max(sum, Math.abs(value)), 1e-300);
  const shown = Math.min(rows, most.rows);
  const isCut = rows > most.rows || columns > most.columns;
  const side = Math.sqrt(columns);
  const picture = name === 'x' && columns > 100 && Number.isInteger(side);
  if (picture) {
    const tiles = { count: rows, height: side, width: side, values: Float32Array.from(values) };
    return <Tiles tiles={tiles} label={name} isInk />;
  }
  return (
    <div class="matrix" tabIndex={0} role="group" aria-label={`${name} [${shape.join(', ')}]`}>
      <table>
        <tbody>
          {Array.from({ length: shown }, (_, row) => (
            <tr key={row}>
              {Array.from(
                values.subarray(row * columns, row * columns + Math.min(columns, most.columns)),
                (value, i) => (
                  <td key={i} title={String(value)} style={tint(value / largest)}>
                    {short(value)}
                  </td>
                ),
              )}
              {columns > most.columns && <td class="more">…</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {isCut && <small>{say('inside.of', { rows, columns })}</small>}
    </div>
  );
}

/** @param share of the largest, −1 … 1 */
const tint = (share: number) => ({
  background: `color-mix(in srgb, var(${share < 0 ? '--blue' : '--orange'}) ${Math.round(30 * Math.abs(share))}%, transparent)`,
});
