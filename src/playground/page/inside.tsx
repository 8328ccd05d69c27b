/** Inside one step: forward, backward, and every gradient in three ways. */
import { useState } from 'preact/hooks';
import type { Inside as InsideStep, Seen } from '../messages.ts';
import { GradientCheck } from './gradient-check.tsx';
import { Matrix } from './pictures.tsx';
import { TextInput } from './settings.tsx';
import type { PartProps } from './display.tsx';

const phases = ['given', 'forward', 'loss', 'backward', 'gradient'] as const;

export function Inside({ zoo, state, say }: PartProps) {
  const { inside, opened } = state;
  const [first, setFirst] = useState(1);
  const [count, setCount] = useState(1);
  const [isLooking, setLooking] = useState(false);
  const look = async () => {
    setLooking(true);
    await zoo.lookInside(first - 1, count);
    setLooking(false);
  };
  const showDocument = async () => {
    await zoo.open({ model: 'breast-cancer', init: 'normal', units: '4', asPrinted: 'true' });
    await look();
  };
  const number = (name: string, value: number, set: (value: number) => void, most: number) => (
    <label class="field inline">
      <span>{name}</span>
      <TextInput
        inputMode="numeric"
        value={String(value)}
        onCommit={(text) => set(Math.min(most, Math.max(1, Math.round(Number(text)) || 1)))}
      />
    </label>
  );
  return (
    <section class="inside" aria-labelledby="inside-title">
      <h2 id="inside-title">{say('inside.title')}</h2>
      <p class="lead">{say('inside.lead')}</p>
      <div class="controls">
        {number(say('inside.row'), first, setFirst, opened!.data.rows.train + opened!.data.rows.validation)}
        {number(say('inside.count'), count, setCount, 16)}
        <button class="primary" disabled={isLooking} onClick={() => void look()}>
          {say(isLooking ? 'inside.looking' : 'inside.look')}
        </button>
        {state.catalogue!.models.some(({ name }) => name === 'breast-cancer') && (
          <button class="quiet" onClick={() => void showDocument()}>
            {say('inside.tryDocument')}
          </button>
        )}
      </div>
      {inside && (
        <>
          <p class="hint">{say('inside.noted', { step: inside.step })}</p>
          {opened!.model === 'breast-cancer' && opened!.address.asPrinted === 'true' && (
            <p class="aside">{say('inside.documentNote')}</p>
          )}
          <ol class="phases">
            {phases.map((phase) => (
              <li key={phase}>
                <Phase {...{ phase, inside, say }} />
              </li>
            ))}
          </ol>
          <GradientCheck {...{ inside, say }} />
        </>
      )}
    </section>
  );
}

interface PhaseProps {
  phase: Seen['phase'];
  inside: InsideStep;
  say: PartProps['say'];
}

function Phase({ phase, inside, say }: PhaseProps) {
  const tensors = inside.tensors.filter((tensor) => tensor.phase === phase);
  const isWeight = ({ name }: Seen) => inside.gradients.some((gradient) => gradient.name === name);
  const [shown, weights] =
    phase === 'given' ? [tensors.filter((t) => !isWeight(t)), tensors.filter(isWeight)] : [tensors, []];
  return (
    <>
      <h3>{say(`inside.${phase}`)}</h3>
      {phase === 'forward' && (
        <p class="formulas">
          {inside.formulas.map((formula) => (
            <Formula key={formula} html={formula} />
          ))}
        </p>
      )}
      <div class="tensors">
        {shown.map((tensor, i) => (
          <Tensor key={i} {...{ tensor, say }} />
        ))}
        {phase === 'loss' && (
          <p class="loss">{say('inside.lossIs', { loss: inside.loss.toPrecision(12) })}</p>
        )}
      </div>
      {weights.length > 0 && (
        <details>
          <summary>{say('inside.parameters')}</summary>
          <div class="tensors">
            {weights.map((tensor, i) => (
              <Tensor key={i} {...{ tensor, say }} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

function Tensor({ tensor, say }: { tensor: Seen; say: PartProps['say'] }) {
  const { name, shape, code, formula } = tensor;
  return (
    <article class="tensor">
      <h4>
        {name} <small>[{shape.join(', ')}]</small>
      </h4>
      {formula && <Formula html={formula} />}
      {code && <code>{code}</code>}
      <Matrix {...{ tensor, say }} />
    </article>
  );
}

/** MathML that the build made from a formula in a model file; never user input. */
const Formula = ({ html }: { html: string }) => (
  <span class="formula" dangerouslySetInnerHTML={{ __html: html }} />
);
