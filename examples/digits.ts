/**
 * The zoo's network for digits, made smaller, on a part of the data, with progress.
 *
 *   npx tsx examples/digits.ts
 *
 * It draws its digits itself; `loadData('mnist', { dataDir: … })` or no options at all take the real ones.
 */
import { loadData, train, type EpochRecord } from 'backprop-zoo';

const data = await loadData('mnist', { data: 'built-in', options: { trainRows: 10_000, testRows: 500 } });

const report = ({ epoch, loss, accuracy = 0 }: EpochRecord): void =>
  console.log(
    `epoch ${epoch}: loss ${loss.toFixed(3)}, ${(100 * accuracy).toFixed(1)} % of the training rows`,
  );

const { metrics, seconds } = await train('mnist', {
  data,
  epochs: 8,
  gradients: 'manual',
  options: { hidden: 64 },
  onEpoch: report,
});
console.log(
  `${(100 * metrics.test.accuracy).toFixed(1)} % of ${data.test.rows} other digits, after ${seconds.toFixed(1)} s`,
);
