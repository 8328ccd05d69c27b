/** The settings of a run, and a text field that keeps its input when the page is redrawn. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Field, Invalid, ModelCard } from '../messages.ts';
import { drawnOn, type PartProps } from './display.tsx';
import { fieldName, type Say, type TextKey } from '../texts/index.ts';

interface TextInputProps {
  name?: string;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
  inputMode?: 'decimal' | 'numeric' | 'text';
  value: string;
  /** Called when the input is complete. */
  onCommit: (value: string) => void;
}

export function TextInput({ value, onCommit, ...rest }: TextInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current!.value = value;
  }, [value]);
  return (
    <input
      ref={input}
      autocomplete="off"
      spellcheck={false}
      onChange={(event) => onCommit(event.currentTarget.value.trim())}
      {...rest}
    />
  );
}

/** The most common settings. */
const shownFirst = ['epochs', 'batchSize', 'learningRate', 'optimizer', 'gradients'];

const modelOf = ({ catalogue, opened }: PartProps['state']): ModelCard =>
  catalogue!.models.find(({ name }) => name === opened!.address.model)!;

/** The model and its preset, above everything else. */
export const ModelMenu = drawnOn(
  function ModelMenu({ zoo, state, say }) {
    const { invalid } = state;
    const model = modelOf(state);
    const change = (name: string, value: string) => void zoo.change(name, value);
    return (
      <form
        class="model-menu"
        aria-label={say('settings.model')}
        onSubmit={(event) => event.preventDefault()}
      >
        <label class="model">
          <span>{say('settings.model')}</span>
          <select
            value={invalid.model?.text ?? model.name}
            onChange={(event) => change('model', event.currentTarget.value)}
            {...marks('model', invalid.model)}
          >
            {invalid.model && <option>{invalid.model.text}</option>}
            {state.catalogue!.models.map(({ name }) => (
              <option value={name}>{`${name}: ${say(`model.${name}` as TextKey)}`}</option>
            ))}
          </select>
        </label>
        {model.presets.length > 0 && (
          <label>
            <span>{say('settings.preset')}</span>
            <select value="" onChange={(event) => change('preset', event.currentTarget.value)}>
              <option value="">{say('settings.presetNone')}</option>
              {model.presets.map((name) => (
                <option>{name}</option>
              ))}
            </select>
          </label>
        )}
        <Wrong name="model" wrong={invalid.model} say={say} />
      </form>
    );
  },
  'catalogue',
  'opened',
  'invalid',
);

export const Settings = drawnOn(
  function Settings({ zoo, state, say }) {
    const { invalid, opened } = state;
    const { address } = opened!;
    const { fields } = state.catalogue!;
    const model = modelOf(state);
    const change = (name: string, value: string) => void zoo.change(name, value);
    // Steps replace epochs.
    const isUsed = ({ name }: Field) => name !== 'epochs' || !Number(address.steps);
    const inputs = (some: Field[]) =>
      some.filter(isUsed).map((field) => {
        const wrong = invalid[field.name];
        const value = wrong?.text ?? address[field.name] ?? field.default;
        return <Input key={field.name} {...{ field, say, change, wrong, value }} />;
      });
    // On a phone, what is trained and its graph come first.
    const [isOpen] = useState(() => matchMedia('(min-width: 861px)').matches);
    return (
      <details class="settings" open={isOpen}>
        <summary>{say('settings.title')}</summary>
        <form aria-label={say('settings.title')} onSubmit={(event) => event.preventDefault()}>
          {model.fields.length > 0 && <h2>{say('settings.options')}</h2>}
          {inputs(model.fields)}
          <h2>{say('settings.training')}</h2>
          {inputs(shownFirst.flatMap((name) => fields.filter((field) => field.name === name)))}
          <details>
            <summary>{say('settings.more')}</summary>
            {inputs(fields.filter(({ name }) => !shownFirst.includes(name)))}
          </details>
        </form>
      </details>
    );
  },
  'catalogue',
  'opened',
  'invalid',
);

interface WrongProps {
  name: string;
  wrong?: Invalid[string];
  say: Say;
}

/** What is wrong with a setting, at its field. */
const Wrong = ({ name, wrong, say }: WrongProps) =>
  wrong && (
    <small class="wrong" id={`${name}-wrong`}>
      {say('settings.invalid', { label: fieldName(say, name), message: wrong.message })}
    </small>
  );

const marks = (name: string, wrong?: Invalid[string]) =>
  wrong && { 'aria-invalid': true, 'aria-describedby': `${name}-wrong` };

interface InputProps {
  field: Field;
  value: string;
  wrong?: Invalid[string];
  say: Say;
  change: (name: string, value: string) => void;
}

function Input({ field, value, wrong, say, change }: InputProps) {
  const { name, kind, choices = [], describe } = field;
  const set = (event: { currentTarget: { value: string } }) => change(name, event.currentTarget.value.trim());
  const label = fieldName(say, name);
  const marked = marks(name, wrong);
  return (
    <>
      {kind === 'switch' ? (
        <label class="field switch" title={describe}>
          <span>{label}</span>
          <input
            type="checkbox"
            name={name}
            checked={value === 'true'}
            onChange={(event) => change(name, String(event.currentTarget.checked))}
            {...marked}
          />
        </label>
      ) : (
        <label class="field" title={describe}>
          <span>{label}</span>
          {kind === 'choice' ? (
            <select name={name} value={value} onChange={set} {...marked}>
              {wrong && <option>{value}</option>}
              {choices.map((choice) => (
                <option>{choice}</option>
              ))}
            </select>
          ) : (
            <TextInput
              name={name}
              value={value}
              onCommit={(text) => change(name, text)}
              inputMode={kind === 'number' && !field.orFull ? 'decimal' : 'text'}
              {...marked}
            />
          )}
        </label>
      )}
      <Wrong {...{ name, wrong, say }} />
    </>
  );
}
