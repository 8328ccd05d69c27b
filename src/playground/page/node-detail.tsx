/** One node of the graph: how its value is computed, and its gradient in three ways with the terms of each entry. */
import { useEffect, useState } from 'preact/hooks';
import type { BackwardLine, Graph, GraphNode, NodeCheck } from '../messages.ts';
import { short, type PartProps } from './display.tsx';
import { checkedKinds, gradientOf } from './stages.ts';
import { largestOf, tint } from './tensor-picture.tsx';

export function NodeDetail({
  state,
  say,
  graph,
}: Omit<PartProps, 'zoo'> & { graph: Graph & { step: number } }) {
  const { selected, check, opened } = state;
  const node = graph.nodes.find(({ id }) => id === selected);
  if (!node) return null;
  const { name, kind, shape, code, formula, manual } = node;
  const line = manual === undefined ? undefined : graph.backward[manual];
  const inner = line && ofLoss(line, graph);
  const isCurrent = check?.node === node.id && check.step === graph.step;
  const isDocument = opened!.model === 'breast-cancer' && opened!.address.asPrinted === 'true';
  return (
    <div class="detail" data-node={name}>
      <div class="panel">
        <h3>
          {name}{' '}
          <small>
            {shape.length > 0 && `[${shape.join(', ')}]`} {say(`graph.kind.${kind}`)}
          </small>
        </h3>
        {formula && <Formula html={formula} />}
        {kind === 'loss' &&
          graph.formulas
            .filter((each) => each.includes('<mi>L</mi>'))
            .map((each) => <Formula key={each} html={each} />)}
        {code && <code>{code}</code>}
        <Values {...{ node, say }} />
      </div>
      {node.autodiff && kind !== 'loss' && (
        <div class="panel gradient-panel">
          <h3>∂L/∂{name}</h3>
          {line?.formula && <Formula html={line.formula} />}
          {line?.code && <code>{`${line.name} = ${line.code}`}</code>}
          {inner?.code && <code>{`${inner.name} = ${inner.code}`}</code>}
          {!line && <p class="hint">{say('graph.noLine')}</p>}
          {isDocument && isCurrent && !check.agrees && <p class="aside">{say('graph.document')}</p>}
          <Gradients
            key={node.id}
            {...{ node, graph, say }}
            isRunning={state.progress?.status === 'running'}
            check={isCurrent ? check : undefined}
          />
        </div>
      )}
    </div>
  );
}

/** MathML that the build made from a formula in a model file; never user input. */
const Formula = ({ html }: { html: string }) => (
  <span class="formula" lang="en" dangerouslySetInnerHTML={{ __html: html }} />
);

const maxCells = { rows: 8, columns: 10 };

/** The numbers; of large tensors a corner. */
function Values({ node: { name, shape, values }, say }: { node: GraphNode; say: PartProps['say'] }) {
  const columns = shape.at(-1) ?? 1;
  const rows = values.length / columns;
  const most = largestOf(values) || 1;
  const isCut = rows > maxCells.rows || columns > maxCells.columns;
  return (
    <div class="matrix" tabIndex={0} role="group" aria-label={name}>
      <table>
        <tbody>
          {Array.from({ length: Math.min(rows, maxCells.rows) }, (_, row) => (
            <tr key={row}>
              {Array.from({ length: Math.min(columns, maxCells.columns) }, (_, column) => {
                const value = values[row * columns + column];
                return (
                  <td key={column} title={String(value)} style={{ background: tint(value / most) }}>
                    {short(value)}
                  </td>
                );
              })}
              {columns > maxCells.columns && <td class="more">…</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {isCut && <small>{say('graph.of', { rows, columns })}</small>}
    </div>
  );
}

interface GradientsProps {
  node: GraphNode;
  graph: Graph;
  check?: NodeCheck;
  isRunning: boolean;
  say: PartProps['say'];
}

const maxEntries = 60;

function Gradients({ node, graph, check, isRunning, say }: GradientsProps) {
  const [entry, setEntry] = useState<number>();
  const { autodiff, shape } = node;
  const size = autodiff!.length;
  const byHand = node.manual === undefined ? undefined : gradientOf(node, graph);
  const entries = check?.entries ?? Uint32Array.from({ length: Math.min(size, maxEntries) }, (_, i) => i);
  // An entry of 0 explains nothing.
  useEffect(() => setEntry(entries.find((index) => (byHand ?? autodiff!)[index] !== 0) ?? entries[0]), []);
  return (
    <>
      <p class={!check ? 'verdict hint' : check.agrees ? 'verdict' : 'verdict wrong'} role="status">
        {!checkedKinds.includes(node.kind)
          ? ''
          : !check
            ? say(isRunning ? 'graph.checkedLater' : 'graph.computing')
            : check.agrees
              ? say(byHand ? 'graph.agree' : 'graph.bothAgree')
              : `${say('graph.differ')} ${check.diagnosis ?? ''}`}
      </p>
      {entry !== undefined && byHand && <Origin {...{ node, graph, entry, say }} />}
      <div class="numbers" tabIndex={0} role="group" aria-label={say('graph.check')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('graph.entry')}</th>
              <th scope="col">{say('graph.manual')}</th>
              <th scope="col">{say('graph.autodiff')}</th>
              <th scope="col">{say('graph.numeric')}</th>
              <th scope="col">{say('graph.digits')}</th>
            </tr>
          </thead>
          <tbody>
            {Array.from(entries, (index, i) => {
              const three = [byHand?.[index], autodiff![index], check?.numeric[i]];
              const toAutodiff = digits(byHand?.[index], autodiff![index]);
              const toNumeric = digits(byHand?.[index] ?? autodiff![index], check?.numeric[i]);
              return (
                <tr key={index} class={toAutodiff !== undefined && toAutodiff < 6 ? 'wrong' : ''}>
                  <th scope="row">
                    <button aria-pressed={index === entry} onClick={() => setEntry(index)}>
                      {positionOf(index, shape)}
                    </button>
                  </th>
                  {three.map((value, k) => (
                    <td key={k}>{value === undefined ? '–' : precise(value)}</td>
                  ))}
                  <td>{`${toAutodiff ?? '–'} · ${toNumeric ?? '–'}`}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {entries.length < size && (
        <small class="hint">{say('graph.sampled', { shown: entries.length, size })}</small>
      )}
    </>
  );
}

const precise = (value: number): string =>
  value === 0 ? '0' : value.toExponential(8).replace('e+0', '').replace('e', ' e').replaceAll('-', '−');

/** Number of decimal digits in which two numbers agree, at most 16; numbers below 10⁻¹² count as 0. */
export function digits(a?: number, b?: number): number | undefined {
  if (a === undefined || b === undefined) return undefined;
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

const maxTerms = 8;

interface OriginProps {
  node: GraphNode;
  graph: Graph;
  entry: number;
  say: PartProps['say'];
}

/** Of a gradient with a regularizer, the line of the gradient without it. */
function ofLoss({ code = '', lines }: BackwardLine, { backward }: Graph): BackwardLine | undefined {
  const [, regularized] = /^nn\.addL1L2Gradient\((\w+),/.exec(code) ?? [];
  return backward.find(({ name }, i) => lines.includes(i) && name === regularized);
}

/** The terms of one entry of a hand-written gradient, for the two forms of gradients of weights and biases. */
function Origin({ node, graph, entry, say }: OriginProps) {
  const line = graph.backward[node.manual!];
  const inner = ofLoss(line, graph);
  const terms = termsOf(inner ?? line, graph, entry);
  if (!terms) return null;
  const shown = terms.slice(0, maxTerms).join(' + ');
  const rest = inner ? ` + ${term(line.values[entry] - inner.values[entry])} (L1, L2)` : '';
  return (
    <p class="origin" role="status">
      <code>{`∂L/∂${node.name}[${positionOf(entry, node.shape)}] = ${shown}${terms.length > maxTerms ? ' + …' : ''}${rest}`}</code>
      <small class="hint">{say('graph.terms', { count: terms.length })}</small>
    </p>
  );
}

/** One term a row: products of two entries, or entries. */
function termsOf(
  { code = '', lines, inputs }: BackwardLine,
  { nodes, backward }: Graph,
  entry: number,
): string[] | undefined {
  const tensor = (name = ''): { shape: number[]; values: Float64Array } | undefined =>
    backward.find((line, i) => lines.includes(i) && line.name === name) ??
    nodes.find((node) => inputs.includes(node.id) && [node.name, ...node.aliases].includes(name));
  const [, left, right, isSummed] =
    /^nn\.transposedMatMul\((\w+), (\w+)(\.sum\(1, true\))?\)/.exec(code) ?? [];
  const [a, b] = [tensor(left), tensor(right)];
  if (a && b) {
    const [rows, from] = a.shape;
    const to = b.shape[1];
    const [i, j] = isSummed ? [entry, 0] : [Math.floor(entry / to), entry % to];
    return Array.from({ length: rows }, (_, r) => {
      const row = b.values.subarray(r * to, (r + 1) * to);
      const factor = isSummed ? `(${Array.from(row, term).join(' + ')})` : term(row[j]);
      return `${term(a.values[r * from + i])}·${factor}`;
    });
  }
  const summed = tensor(/^nn\.sumRows\((\w+)\)/.exec(code)?.[1]);
  if (!summed) return undefined;
  const [rows, columns] = summed.shape;
  return Array.from({ length: rows }, (_, r) => term(summed.values[r * columns + entry]));
}

const term = (value: number): string => (value < 0 ? `(${short(value)})` : short(value));
