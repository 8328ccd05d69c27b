/**
 * The parts of a report that only models of tokens have: texts that they make, where attention looks, and which characters surprise
 * the model.
 */
import { disposeBatch, makeBatch } from '../data/batches.ts';
import { boundaryName } from '../data/sequences.ts';
import { samples, sampleTemperature } from '../estimator/samples.ts';
import { probabilitiesOf } from '../evaluation/metrics.ts';
import type { Baselines } from '../evaluation/ngrams.ts';
import { withParameters } from '../model/parameters.ts';
import { log } from '../utils/math.ts';
import { valuesOf } from '../utils/tensors.ts';
import { counted, percent } from '../utils/text.ts';
import { tf } from '../utils/tf.ts';
import type { RunReport } from '../weights/run-record.ts';
import { figure, html, type Html, short, table } from './html.ts';

/** The backend of the run must be in use. */
export function tokenSections(report: RunReport): Html {
  const { metrics } = report;
  const seen = seenRows(report);
  const heads = attentionHeads(report);
  const sampled = report.result.history.filter((record) => record.samples);
  return html`${metrics.baselines && baselineTable(metrics.baselines)}
    <h2>Texts</h2>
    <p>
      Drawn at temperature ${sampleTemperature}; at 1 they are drawn as the model predicts them.
      <code>zoo generate</code> makes more.
    </p>
    ${texts(finalTexts(report))} ${sampled.length > 0 && html`<h3>During training</h3>`}
    ${sampled.map(
      ({ step, epoch, loss, samples = [] }) =>
        html`<p class="faint">
            ${step === undefined ? `epoch ${epoch}` : `step ${step}`}, training loss ${short(loss)}
          </p>
          ${texts(samples)}`,
    )}
    ${
      heads.length > 0 &&
      html`<h2>Attention</h2>
        <p>
          How much of each position (row) comes from each position before it (column), in the first test row.
          Every row adds up to 1.
        </p>
        <div class="attention">${heads}</div>`
    }
    <h2>Most surprising characters</h2>
    <p>
      The first ${counted(seen.length, 'test row')}: the darker a character, the less probable the model held
      it. ¶ ends a line, | a sequence.
    </p>
    <div class="surprises ${report.dataset.test.stride === undefined ? 'rows' : ''}">
      ${seen.map((row) => html`<span>${row.map(surprising)}</span>`)}
    </div>
    ${surpriseTable(seen)}`;
}

const baselineTable = ({ uniform, ngrams, entropy }: Baselines): Html => {
  const { previous, loss, smoothing, counted: tokens } = ngrams;
  const row = (name: string, path: string, value: number) => [
    name,
    figure(`metrics.baselines.${path}`, value, short(value)),
  ];
  return table({
    caption:
      `baselines: what models without training reach on the test rows. Length and smoothing (λ = ${smoothing}) of the counts were ` +
      `chosen on the last tenth of the training rows${tokens === undefined ? '' : `; counted were the first ${tokens} characters`}`,
    columns: ['baseline', 'loss, nats per character'],
    rows: [
      row('uniform: every character as probable', 'uniform', uniform),
      row(`counts of what followed the same ${counted(previous, 'character')}`, 'ngrams.loss', loss),
      ...(entropy === undefined
        ? []
        : [row('least possible, the entropy of the rule that made the data', 'entropy', entropy)]),
    ],
  });
};

const texts = (all: string[]): Html =>
  html`<div class="texts">${all.map((text) => html`<span>${text === '' ? '(empty)' : text}</span>`)}</div>`;

const finalTexts = ({ model, result, dataset }: RunReport): string[] =>
  withParameters(result.parameters, (parameters) =>
    samples(model, parameters, dataset, { count: 20, length: 500 }),
  );

/** One letter for each symbol, also for those that have no picture. */
const signs: Record<string, string> = { '\n': '¶', ' ': '·', '\t': '»', [boundaryName]: '|' };
const signOf = (symbol: string): string => signs[symbol] ?? symbol;

const [maxHeads, maxPositions] = [24, 24];
const side = 14;

/** A picture for each head of each layer, where the model has activations attention1, attention2, …: `[rows, heads, T, T]`. */
function attentionHeads({ model, dataset, result }: RunReport): Html[] {
  const { test, classNames } = dataset;
  const batch = makeBatch(test, { task: model.task, classes: classNames.length }, undefined, 0, 1);
  const tokens = Array.from(valuesOf(batch.x), (token) => signOf(classNames[token])).slice(0, maxPositions);
  const pictures = withParameters(result.parameters, (parameters) => {
    const found: Html[] = [];
    tf.tidy(() => {
      for (const [name, tensor] of Object.entries(model.forward(parameters, batch.x))) {
        const [, layer] = /^attention(\d+)$/.exec(name) ?? [];
        const [, heads, positions] = tensor.shape;
        if (layer === undefined || tensor.rank !== 4) continue;
        const values = valuesOf(tensor);
        for (let head = 0; head < heads; head++) {
          const ofHead = (to: number, from: number) => values[(head * positions + to) * positions + from];
          found.push(attentionPicture(`layer ${layer}, head ${head + 1}`, tokens, ofHead));
        }
      }
    });
    return found.slice(0, maxHeads);
  });
  disposeBatch(batch);
  return pictures;
}

function attentionPicture(
  name: string,
  tokens: string[],
  weight: (to: number, from: number) => number,
): Html {
  const place = (i: number) => side * (i + 1);
  const letter = (text: string, x: number, y: number) =>
    html`<text x="${x + side / 2}" y="${y + side - 3}">${text}</text>`;
  const size = place(tokens.length);
  return html`<figure>
    <figcaption>${name}</figcaption>
    <svg viewBox="0 0 ${size} ${size}" width="${size}" role="img" aria-label="attention of ${name}">
      ${tokens.map((token, i) => [letter(token, place(i), 0), letter(token, 0, place(i))])}
      ${tokens.map((_, to) =>
        tokens
          .slice(0, to + 1)
          .map(
            (_, from) =>
              html`<rect
                x="${place(from)}"
                y="${place(to)}"
                width="${side - 1}"
                height="${side - 1}"
                fill-opacity="${(0.04 + 0.96 * weight(to, from)).toFixed(3)}"
              />`,
          ),
      )}
    </svg>
  </figure>`;
}

/** A character of a test row. */
interface Seen {
  symbol: string;
  /** The characters before it. */
  before: string;
  /** −log p; undefined where it was given. */
  nats?: number;
  /** The character that was the most probable. */
  expected?: { symbol: string; probability: number };
}

const [maxRows, maxCharacters] = [12, 600];

/** Some test rows with what the model held of each character; rows of running text follow each other. */
function seenRows({ model, dataset, result }: RunReport): Seen[][] {
  const { test, classNames } = dataset;
  const isText = test.stride !== undefined;
  const rows = Math.min(test.rows, isText ? Math.ceil(maxCharacters / test.features) : maxRows);
  const classes = classNames.length;
  const batch = makeBatch(test, { task: model.task, classes }, undefined, 0, rows);
  const logits = withParameters(result.parameters, (parameters) => {
    const out = tf.tidy(() => model.forward(parameters, batch.x).logits);
    const values = valuesOf(out);
    out.dispose();
    return values;
  });
  const probabilities = probabilitiesOf(logits, 'multiclass', classes);
  const [inputs, targets] = [valuesOf(batch.x), valuesOf(batch.y)];
  const steps = inputs.length / rows;
  disposeBatch(batch);
  return Array.from({ length: rows }, (_, row) => {
    const first = row * steps;
    const [begin, ...given] = Array.from(inputs.subarray(first, first + steps), (token) => classNames[token]);
    const last = targets.subarray(first, first + steps).findLastIndex((target) => target >= 0);
    const shown: Seen[] =
      begin === boundaryName || (isText && row > 0) ? [] : [{ symbol: begin, before: '' }];
    for (let t = 0; t <= last; t++) {
      const before = [begin, ...given.slice(0, t)].slice(-maxBefore).map(signOf).join('');
      const target = targets[first + t];
      const p = probabilities.subarray((first + t) * classes, (first + t + 1) * classes);
      const most = p.indexOf(p.reduce((largest, value) => Math.max(largest, value), 0));
      shown.push(
        target < 0
          ? { symbol: given[t], before }
          : {
              symbol: classNames[target],
              before,
              nats: -log(p[target]),
              expected: { symbol: classNames[most], probability: p[most] },
            },
      );
    }
    return shown;
  });
}

const maxBefore = 12;

/** A character whose probability is below e⁻⁸ is not darker. */
const darkest = 8;

function surprising({ symbol, nats }: Seen): Html {
  const text = symbol === '\n' ? '¶\n' : symbol === boundaryName ? '|' : symbol;
  if (nats === undefined) return html`${text}`;
  const share = Math.min(1, nats / darkest).toFixed(2);
  return html`<span class="shaded" style="--share:${share}" title="${nats.toFixed(2)} nats">${text}</span>`;
}

const maxSurprises = 10;

const surpriseTable = (rows: Seen[][]): Html =>
  table({
    columns: [{ words: 'after' }, { words: 'came' }, '−log p, nats', { words: 'most probable' }],
    rows: rows
      .flat()
      .filter(({ nats }) => nats !== undefined)
      .sort((a, b) => b.nats! - a.nats!)
      .slice(0, maxSurprises)
      .map(({ before, symbol, nats, expected }) => [
        before,
        signOf(symbol),
        nats!.toFixed(2),
        `${signOf(expected!.symbol)} ${percent(expected!.probability)}`,
      ]),
  });
