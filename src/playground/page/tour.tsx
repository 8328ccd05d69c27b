/** A tour of two minutes: forward, loss, backward, one step, and a mistake. Each stop has a link. */
import { useEffect } from 'preact/hooks';
import type { Address } from '../messages.ts';
import type { TextKey } from '../texts/index.ts';
import type { PartProps } from './display.tsx';
import type { Playground } from './playground.ts';
import { stagesOf } from './stages.ts';

interface Stop {
  name: string;
  address: Address;
  /** Class of what is brought into view. */
  looksAt: 'board' | 'detail' | 'controls';
  /** Shows what the stop is about, once the graph is there. */
  show: (zoo: Playground) => void | Promise<void>;
}

const first: Address = { model: 'xor' };
const mistake: Address = { model: 'breast-cancer', init: 'normal', units: '4', asPrinted: 'true' };

/** The number of stages until the first of a phase, or all. */
const before = ({ state }: Playground, phase: string): number => {
  const stages = state.graph ? stagesOf(state.graph) : [];
  const at = stages.findIndex((stage) => stage.phase === phase);
  return at < 0 ? stages.length : at;
};

const selectKind = (zoo: Playground, isWanted: (kind: string, name: string) => boolean) =>
  zoo.select(zoo.state.graph?.nodes.find(({ kind, name }) => isWanted(kind, name))?.id);

export const stops: Stop[] = [
  { name: 'forward', address: first, looksAt: 'board', show: (zoo) => zoo.showStage(before(zoo, 'loss')) },
  { name: 'loss', address: first, looksAt: 'board', show: (zoo) => zoo.showStage(before(zoo, 'backward')) },
  {
    name: 'backward',
    address: first,
    looksAt: 'detail',
    show: (zoo) => {
      zoo.showStage(undefined);
      selectKind(zoo, (kind) => kind === 'parameter');
    },
  },
  { name: 'step', address: first, looksAt: 'controls', show: (zoo) => zoo.go('step') },
  {
    name: 'mistake',
    address: mistake,
    looksAt: 'detail',
    show: (zoo) => {
      zoo.showStage(undefined);
      selectKind(zoo, (_, name) => name === 'hiddenBias');
    },
  },
];

export function Tour({ zoo, state, say }: PartProps) {
  const at = stops.findIndex(({ name }) => name === state.tour);
  const stop = stops[at] as Stop | undefined;
  const { graph, opened } = state;
  const isOpen =
    stop && Object.entries(stop.address).every(([name, value]) => opened?.address[name] === value);
  const isReady = isOpen && graph !== undefined;
  useEffect(() => {
    if (stop && !isOpen) void zoo.open({ ...stop.address, tour: stop.name }, true);
  }, [stop?.name, isOpen]);
  useEffect(() => {
    if (!stop || !isReady) return;
    void stop.show(zoo);
    // What was selected is drawn by then.
    requestAnimationFrame(() =>
      document.querySelector(`.run .${stop.looksAt}`)?.scrollIntoView({ block: 'nearest' }),
    );
  }, [stop?.name, isReady]);
  if (!stop) return null;
  const key = (part: string) => `tour.${stop.name}.${part}` as TextKey;
  return (
    <aside class="tour" aria-labelledby="tour-title">
      <div>
        <small>{say('tour.of', { at: at + 1, count: stops.length })}</small>
        <h2 id="tour-title">{say(key('title'))}</h2>
        <p role="status">{say(key('text'))}</p>
      </div>
      <div class="controls">
        <button disabled={at === 0} onClick={() => zoo.setTour(stops[at - 1].name)}>
          {say('tour.back')}
        </button>
        {at + 1 < stops.length ? (
          <button class="primary" onClick={() => zoo.setTour(stops[at + 1].name)}>
            {say('tour.next')}
          </button>
        ) : (
          <button class="primary" onClick={() => zoo.setTour()}>
            {say('tour.end')}
          </button>
        )}
        {at + 1 < stops.length && (
          <button class="quiet" onClick={() => zoo.setTour()}>
            {say('tour.close')}
          </button>
        )}
      </div>
    </aside>
  );
}
