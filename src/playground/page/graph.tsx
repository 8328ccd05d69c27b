/** The computation of one example as a graph: values flow forward, gradients flow back below them. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DataCard, Graph, GraphNode } from '../messages.ts';
import { drawnOn, inPixels, onDemand, percent, short, type PartProps } from './display.tsx';
import { layOut, type Box, type Layout, type Place } from './graph-layout.ts';
import { TextInput } from './settings.tsx';
import { computedAt, gradientOf, shownNodes, stagesOf, type Stage } from './stages.ts';
import { formOf, largestOf, signed, sizeOf, TensorPicture, type Form } from './tensor-picture.tsx';

const NodeDetail = onDemand(() => import('./node-detail.tsx').then((part) => part.NodeDetail));
const Units = onDemand(() => import('./units.tsx').then((part) => part.Units));

export function GraphSection({ zoo, state, say }: PartProps) {
  const { graph, opened, view, row, rows, stage } = state;
  const [showsUnits, setShowsUnits] = useState(false);
  const { network } = view ?? {};
  const all = opened!.data.rows.train + opened!.data.rows.validation;
  const number = (text: string, value: number, most: number, set: (value: number) => void) => (
    <label class="field inline">
      <span>{text}</span>
      <TextInput
        inputMode="numeric"
        value={String(value)}
        onCommit={(typed) => set(Math.min(most, Math.max(1, Math.round(Number(typed)) || 1)))}
      />
    </label>
  );
  return (
    <section class="graph-section" aria-labelledby="graph-title">
      <div class="graph-head">
        <h2 id="graph-title">{say('graph.title')}</h2>
        {opened!.inSteps && (
          <div class="controls">
            {number(say('graph.row'), row + 1, all, (value) => void zoo.lookAt(value - 1))}
            {number(say('graph.rows'), rows, 16, (value) => void zoo.lookAt(row, value))}
            {network && (
              <div class="choices" role="group" aria-label={say('graph.drawnAs')}>
                <button aria-pressed={!showsUnits} onClick={() => setShowsUnits(false)}>
                  {say('graph.tensors')}
                </button>
                <button aria-pressed={showsUnits} onClick={() => setShowsUnits(true)}>
                  {say('graph.units')}
                </button>
              </div>
            )}
          </div>
        )}
      </div>
      {showsUnits && network ? (
        <Units {...{ network, say }} data={opened!.data} />
      ) : graph ? (
        <>
          <Player {...{ zoo, say, graph, stage }} />
          <p class="hint">{say('graph.choose')}</p>
          <Board {...{ zoo, state, say }} />
          <NodeDetail {...{ state, say, graph }} />
        </>
      ) : (
        <p class="hint">{say(opened!.inSteps ? 'graph.computing' : 'graph.composed')}</p>
      )}
    </section>
  );
}

const millisecondsBetweenStages = 900;

/** Buttons that go through the stages one by one, or play them. */
function Player({
  zoo,
  say,
  graph,
  stage,
}: Pick<PartProps, 'zoo' | 'say'> & { graph: Graph; stage?: number }) {
  const [isPlaying, setPlaying] = useState(false);
  const stages = stagesOf(graph);
  const last = stages.length;
  const at = Math.min(stage ?? last, last);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => {
      zoo.showStage(at + 1);
      if (at + 1 >= last) setPlaying(false);
    }, millisecondsBetweenStages);
    return () => clearTimeout(timer);
  }, [isPlaying, at]);
  const play = () => {
    if (!isPlaying && at === last) zoo.showStage(0);
    setPlaying(!isPlaying);
  };
  const go = (to: number) => {
    setPlaying(false);
    zoo.showStage(to);
  };
  const current = stages[at - 1] as Stage | undefined;
  const words =
    stage === undefined
      ? say('graph.stage.all')
      : current
        ? say(`graph.stage.${current.phase}`, { name: nameOf(graph, current.node) })
        : say('graph.stage.start');
  return (
    <div class="player">
      <button class="primary" onClick={play}>
        {say(isPlaying ? 'graph.stop' : 'graph.play')}
      </button>
      <button disabled={at === 0} onClick={() => go(at - 1)} aria-label={say('graph.back')}>
        ◀
      </button>
      <button disabled={at === last} onClick={() => go(at + 1)} aria-label={say('graph.next')}>
        ▶
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={at}
        aria-label={say('graph.stage')}
        aria-valuetext={words}
        onInput={(event) => go(Number(event.currentTarget.value))}
      />
      <span class="stage" data-phase={current?.phase}>
        {say('graph.stageOf', { at, last })} · {words}
      </span>
    </div>
  );
}

const nameOf = ({ nodes }: Graph, id: string): string => nodes.find((node) => node.id === id)?.name ?? id;

const padding = 8;
const lineHeight = 17;

/** The size of a card: its name, its picture, and below them its gradient. */
function boxOf(node: GraphNode, data: DataCard): Box {
  const picture = sizeOf(formOf(node, data));
  const words = Math.max(
    node.name.length * 7.2,
    captionLength(node, data) * 6.2,
    node.autodiff ? 34 + node.name.length * 6.6 : 0,
  );
  return {
    id: node.id,
    inputs: node.inputs,
    isParameter: node.kind === 'parameter',
    width: Math.max(picture.width, words) + 2 * padding,
    height:
      2 * padding +
      2 * lineHeight +
      picture.height +
      (node.autodiff ? lineHeight + 2 * padding + picture.height : 0),
  };
}

/** Of the longest caption, so that cards keep their size. */
const captionLength = (node: GraphNode, { classNames }: DataCard): number =>
  node.kind === 'prediction' && node.values.length <= classNames.length
    ? Math.min(maxCaption, Math.max(...classNames.map((name) => `${name}: 100.0 %`.length)))
    : shapeOf(node).length + (node.values.length > 16 ? 7 : 0);

const maxCaption = 28;

const shapeOf = ({ shape }: GraphNode): string => (shape.length > 0 ? `[${shape.join(', ')}]` : '');

const margin = 16;

const Board = drawnOn(
  function Board({ zoo, state, say }) {
    const place = useRef<HTMLDivElement>(null);
    const { opened, stage, selected } = state;
    const graph = state.graph!;
    const { data } = opened!;
    const nodes = shownNodes(graph);
    const stages = stagesOf(graph);
    const at = Math.min(stage ?? stages.length, stages.length);
    const now = stage === undefined ? undefined : (stages[at - 1] as Stage | undefined);
    const layout = useMemo(
      () => layOut(nodes.map((node) => boxOf(node, data))),
      [nodes.map(({ id, shape }) => `${id}${shape.join()}`).join(), data],
    );
    const { values, gradients } = computedAt(graph, at);
    useEffect(() => {
      // What is computed now stays in view.
      const board = place.current;
      const card = board?.querySelector('[data-now=true]')?.getBoundingClientRect();
      if (!board || !card) return;
      const box = board.getBoundingClientRect();
      if (card.left < box.left || card.right > box.right)
        board.scrollLeft += card.left - box.left - box.width / 3;
      if (card.top < box.top || card.bottom > box.bottom)
        board.scrollTop += card.top - box.top - box.height / 3;
    }, [now?.node]);
    const edges = nodes.flatMap((node) => node.inputs.map((from) => ({ from, to: node.id })));
    return (
      <div class="board" ref={place} tabIndex={0} role="group" aria-label={say('graph.title')}>
        <div
          class="nodes"
          style={inPixels({ width: layout.width + 2 * margin, height: layout.height + 2 * margin })}
        >
          <svg width={layout.width + 2 * margin} height={layout.height + 2 * margin} aria-hidden="true">
            <defs>
              {['forward', 'backward'].map((name) => (
                <marker
                  key={name}
                  id={`arrow-${name}`}
                  class={name}
                  viewBox="0 0 8 8"
                  refX={7}
                  refY={4}
                  markerWidth={7}
                  markerHeight={7}
                  orient="auto"
                >
                  <path d="M0 0.6 8 4 0 7.4z" />
                </marker>
              ))}
            </defs>
            {edges.map(({ from, to }) => {
              const [source, target] = [from, to].map((id) => nodes.find((node) => node.id === id)!);
              const isNow = now?.node === to && now.phase !== 'backward';
              const isFar = source.kind === 'parameter' && target.kind === 'loss';
              const isBackNow = now?.node === from && now.phase === 'backward';
              const { forward, backward } = pathsOf(source, target, layout, data);
              return (
                <g key={`${from} ${to}`}>
                  <path
                    class={`edge forward${isFar ? ' far' : ''}${isNow ? ' now' : ''}${values.has(to) ? '' : ' later'}`}
                    d={forward}
                    marker-end="url(#arrow-forward)"
                  />
                  {source.autodiff && target.autodiff && (
                    <path
                      class={`edge backward${isFar ? ' far' : ''}${isBackNow ? ' now' : ''}${gradients.has(from) ? '' : ' later'}`}
                      d={backward}
                      marker-end="url(#arrow-backward)"
                    />
                  )}
                </g>
              );
            })}
          </svg>
          {nodes.map((node) => (
            <Card
              key={node.id}
              {...{ node, graph, data, say }}
              place={layout.places.get(node.id)!}
              isSelected={node.id === selected}
              hasValue={values.has(node.id)}
              hasGradient={gradients.has(node.id)}
              isNow={now?.node === node.id}
              onSelect={() => zoo.select(node.id)}
            />
          ))}
        </div>
      </div>
    );
  },
  'graph',
  'opened',
  'stage',
  'selected',
);

/** The ways of a value and of its gradient between two cards. */
function pathsOf(source: GraphNode, target: GraphNode, { places }: Layout, data: DataCard) {
  const [from, to] = [places.get(source.id)!, places.get(target.id)!];
  const pictureMiddle = (node: GraphNode) => padding + lineHeight + sizeOf(formOf(node, data)).height / 2;
  const [right, left] = [from.left + from.width + margin, to.left + margin];
  const gradientOf = (place: Place) => place.top + place.height - padding - 14 + margin;
  const into = to.top + pictureMiddle(target) + margin;
  if (source.kind !== 'parameter') {
    return {
      forward: across(right, from.top + pictureMiddle(source) + margin, left, into),
      backward: across(left, gradientOf(to), right, gradientOf(from)),
    };
  }
  // From above: into the top of the card, or past the cards over it into its side.
  const [start, bottom] = [from.left + from.width / 2 + margin, from.top + from.height + margin];
  const isBelowAnother = [...places.values()].some(
    ({ left, top }) => top > from.top + from.height && top < to.top && Math.abs(left - to.left) < to.width,
  );
  if (isBelowAnother) {
    return {
      forward: `M${start - 5} ${bottom}C${start - 5} ${bottom + 60} ${left - 60} ${into} ${left} ${into}`,
      backward: `M${left} ${gradientOf(to)}C${left - 60} ${gradientOf(to)} ${start + 5} ${bottom + 60} ${start + 5} ${bottom}`,
    };
  }
  const [middle, top] = [to.left + to.width / 2 + margin, to.top + margin];
  const half = (top - bottom) / 2;
  return {
    forward: `M${start - 5} ${bottom}C${start - 5} ${bottom + half} ${middle - 5} ${top - half} ${middle - 5} ${top}`,
    backward: `M${middle + 5} ${top}C${middle + 5} ${top - half} ${start + 5} ${bottom + half} ${start + 5} ${bottom}`,
  };
}

function across(x1: number, y1: number, x2: number, y2: number): string {
  const bend = Math.max(18, Math.min(60, Math.abs(x2 - x1) / 2)) * Math.sign(x2 - x1);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

interface CardProps extends Pick<PartProps, 'say'> {
  node: GraphNode;
  graph: Graph;
  data: DataCard;
  place: Place;
  isSelected: boolean;
  hasValue: boolean;
  hasGradient: boolean;
  isNow: boolean;
  onSelect: () => void;
}

function Card({
  node,
  graph,
  data,
  say,
  place,
  isSelected,
  hasValue,
  hasGradient,
  isNow,
  onSelect,
}: CardProps) {
  const form = formOf(node, data);
  const { name, kind, values, autodiff } = node;
  const gradient = gradientOf(node, graph);
  const alphabet = data.tokens?.alphabet;
  const label = say(`graph.kind.${kind}`);
  const picture = (form: Form, shown: Float64Array, what: string) => (
    <span class="picture" style={inPixels(sizeOf(form))}>
      <TensorPicture {...{ form, alphabet }} values={shown} label={what} />
    </span>
  );
  return (
    <button
      class={`card ${kind}`}
      style={inPixels({ ...place, left: place.left + margin, top: place.top + margin })}
      aria-pressed={isSelected}
      data-now={isNow}
      data-name={name}
      onClick={onSelect}
      title={label}
    >
      <span class={hasValue ? 'value' : 'value later'}>
        <span class="name">{name}</span>
        {picture(form, values, `${label} ${name}`)}
        <small>{captionOf(node, data)}</small>
      </span>
      {autodiff && (
        <span class={hasGradient ? 'gradient' : 'gradient later'}>
          <span class="name">∂L/∂{name}</span>
          {picture(signed(form), gradient, `∂L/∂${name}`)}
        </span>
      )}
    </button>
  );
}

/** The shape, and the scale of the colors or the predicted class. */
function captionOf(node: GraphNode, { classNames }: DataCard): string {
  const { kind, values } = node;
  if (kind === 'prediction') {
    const best = values.indexOf(Math.max(...values));
    const isDistribution = Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-6;
    if (values.length === 1 && classNames.length === 2) return `${classNames[1]}: ${percent(values[0])}`;
    if (values.length === classNames.length && isDistribution)
      return `${classNames[best]}: ${percent(values[best])}`;
  }
  if (kind === 'loss') return '';
  const most = largestOf(values);
  return values.length > 16 ? `${shapeOf(node)} ±${short(most, 2)}` : shapeOf(node);
}
