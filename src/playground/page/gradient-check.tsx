/** The gradient of every weight in three ways, and the terms of the hand-written one. */
import { useState } from 'preact/hooks';
import type { GradientCard, Inside, Seen } from '../messages.ts';
import { short, type PartProps } from './display.tsx';

export function GradientCheck({ inside, say }: { inside: Inside; say: PartProps['say'] }) {
  const wrong = inside.gradients.find(({ agrees }) => !agrees);
  const [chosen, choose] = useState<string>();
  const [entry, setEntry] = useState<number>();
  const { gradients } = inside;
  const gradient = gradients.find(({ name }) => name === chosen) ?? wrong ?? gradients[0];
  const pick = (name: string) => {
    choose(name);
    setEntry(undefined);
  };
  return (
    <div class="check">
      <h3>{say('inside.check')}</h3>
      <p class="lead">{say('inside.checkLead')}</p>
      <div class="choices" role="group" aria-label={say('inside.parameter')}>
        {gradients.map(({ name, shape, agrees }) => (
          <button
            key={name}
            aria-pressed={name === gradient.name}
            data-agrees={agrees}
            onClick={() => pick(name)}
          >
            {name} <small>[{shape.join(', ')}]</small> <span aria-hidden="true">{agrees ? '✓' : '✗'}</span>
            {!agrees && <span class="unseen">{say('inside.differ')}</span>}
          </button>
        ))}
      </div>
      <p class={gradient.agrees ? 'verdict' : 'verdict wrong'} role="status">
        {gradient.agrees ? say('inside.agree') : `${say('inside.differ')} ${gradient.diagnosis ?? ''}`}
      </p>
      <div class="numbers" tabIndex={0} role="group" aria-label={say('inside.check')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('inside.entry')}</th>
              <th scope="col">{say('inside.manual')}</th>
              <th scope="col">{say('inside.autodiff')}</th>
              <th scope="col">{say('inside.numeric')}</th>
              <th scope="col">{say('inside.digits')}</th>
            </tr>
          </thead>
          <tbody>
            {Array.from(gradient.entries, (index, i) => (
              <Row
                key={index}
                {...{ gradient, index, i }}
                isChosen={index === entry}
                onChoose={() => setEntry(index)}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Origin {...{ inside, gradient, entry, say }} />
    </div>
  );
}

interface RowProps {
  gradient: GradientCard;
  /** Index of the weight, and of its row in the table. */
  index: number;
  i: number;
  isChosen: boolean;
  onChoose: () => void;
}

function Row({ gradient: { shape, manual, autodiff, numeric }, index, i, isChosen, onChoose }: RowProps) {
  const byFormula = digits(manual[i], autodiff[i]);
  const bySlope = digits(manual[i], numeric[i]);
  return (
    <tr class={byFormula < 6 ? 'wrong' : ''}>
      <th scope="row">
        <button aria-pressed={isChosen} onClick={onChoose}>
          {positionOf(index, shape)}
        </button>
      </th>
      {[manual[i], autodiff[i], numeric[i]].map((value, k) => (
        <td key={k}>{precise(value)}</td>
      ))}
      <td>{`${byFormula} · ${bySlope}`}</td>
    </tr>
  );
}

const precise = (value: number): string =>
  value === 0 ? '0' : value.toExponential(12).replace('e+0', '').replace('e', ' e').replaceAll('-', '−');

/** Number of decimal digits in which two numbers agree, at most 16; numbers below 10⁻¹² count as 0. */
export function digits(a: number, b: number): number {
  const difference = Math.abs(a - b);
  if (difference === 0) return 16;
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (size < 1e-12) return 16;
  return Math.max(0, Math.min(16, Math.floor(-Math.log10(difference / size)))) || 0;
}

/** `2, 0`: row and column, counted from 1. */
function positionOf(index: number, shape: number[]): string {
  const position: number[] = [];
  for (const length of [...shape].reverse()) {
    position.unshift((index % length) + 1);
    index = Math.floor(index / length);
  }
  return position.join(', ') || '1';
}

interface OriginProps {
  inside: Inside;
  gradient: GradientCard;
  entry?: number;
  say: PartProps['say'];
}

const maxTerms = 8;

/** The terms of a gradient, for the two forms of gradients of weights and biases. */
function Origin({ inside, gradient, entry, say }: OriginProps) {
  if (entry === undefined) return <p class="hint">{say('inside.where')}</p>;
  const terms = termsOf(inside, gradient, entry);
  const code = codeOf(inside, gradient);
  const isWhole = /^[\w.]+\([\w, ]+\)$/.test(code ?? '') && (terms?.length ?? 0) <= maxTerms;
  const shown = terms?.slice(0, maxTerms).join(' + ');
  return (
    <p class="origin" role="status">
      {say('inside.sum', { formula: code ?? '' })}
      {shown && <code>{`= ${shown}${isWhole ? '' : ' + …'}`}</code>}
    </p>
  );
}

/** The expression of a gradient; with a regularizer, followed by that of the gradient without it. */
function codeOf({ tensors }: Inside, { name }: GradientCard): string | undefined {
  const code = tensors.find((tensor) => tensor.phase === 'gradient' && tensor.name === name)?.code;
  const [, ofLoss] = /addL1L2Gradient\((\w+),/.exec(code ?? '') ?? [];
  const codeOfLoss = tensors.find((tensor) => tensor.name === ofLoss)?.code;
  return codeOfLoss ? `${code}, ${ofLoss} = ${codeOfLoss}` : code;
}

function termsOf(inside: Inside, gradient: GradientCard, entry: number): string[] | undefined {
  const code = codeOf(inside, gradient) ?? '';
  const tensor = (name: string): Seen | undefined =>
    inside.tensors.findLast((one) => one.name === name && one.phase !== 'gradient');
  const [, left, right] = /transposedMatMul\((\w+), (\w+)\)/.exec(code) ?? [];
  const [a, b] = [tensor(left), tensor(right)];
  if (a && b) {
    const [rows, from] = a.shape;
    const to = b.shape[1];
    const [i, j] = [Math.floor(entry / to), entry % to];
    return Array.from(
      { length: rows },
      (_, r) => `${term(a.values[r * from + i])}·${term(b.values[r * to + j])}`,
    );
  }
  const summed = tensor(/sumRows\((\w+)\)/.exec(code)?.[1] ?? '');
  if (!summed) return undefined;
  const [rows, columns] = summed.shape;
  return Array.from({ length: rows }, (_, r) => term(summed.values[r * columns + entry]));
}

const term = (value: number): string => (value < 0 ? `(${short(value)})` : short(value));
