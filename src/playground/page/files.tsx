/** Files of the user: weights for predictions, tables and digits for training. */
import { useState } from 'preact/hooks';
import type { Dropped, Prediction } from '../messages.ts';
import { DrawnDigit } from './digit.tsx';
import { percent, type PartProps } from './display.tsx';

export function Files({ zoo, say }: PartProps) {
  const [dropped, setDropped] = useState<Dropped>();
  const [isOver, setOver] = useState(false);
  const take = async (files: FileList | null | undefined) => {
    if (!files?.length) return;
    try {
      setDropped(await zoo.worker.drop(Array.from(files)));
      zoo.tellWrong(undefined);
    } catch (error) {
      zoo.tellWrong(error as Error);
    }
  };
  return (
    <section class="files" aria-labelledby="files-title">
      <h2 id="files-title">{say('files.title')}</h2>
      <p class="lead">{say('files.lead')}</p>
      <div
        class={isOver ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer?.files);
        }}
      >
        <label class="button">
          {say('files.choose')}
          <input
            class="unseen"
            type="file"
            multiple
            onChange={(event) => void take(event.currentTarget.files)}
          />
        </label>
        <span class="hint">{say('files.drop')}</span>
      </div>
      {dropped?.kind === 'weights' && <Weights key={dropped.name} {...{ zoo, say, dropped }} />}
      {dropped?.kind === 'table' && <Table key={dropped.name} {...{ zoo, say, dropped }} />}
      {dropped?.kind === 'digits' && (
        <div class="dropped">
          <p>{say('files.digits', { rows: dropped.rows })}</p>
          <button class="primary" onClick={() => void zoo.train({ model: 'mnist', data: dropped.data })}>
            {say('files.train')}
          </button>
        </div>
      )}
    </section>
  );
}

type DroppedProps<K extends Dropped['kind']> = Pick<PartProps, 'zoo' | 'say'> & {
  dropped: Extract<Dropped, { kind: K }>;
};

function Weights({ zoo, say, dropped }: DroppedProps<'weights'>) {
  const { name, model, inputs, isImage, classNames } = dropped;
  const [answer, setAnswer] = useState<Prediction>();
  const [text, setText] = useState('');
  const predict = async () => {
    try {
      setAnswer(
        await zoo.worker.predictSaved(
          text
            .split(/[\s,;]+/)
            .filter(Boolean)
            .map(cellOf),
        ),
      );
      zoo.tellWrong(undefined);
    } catch (error) {
      zoo.tellWrong(error as Error);
    }
  };
  return (
    <div class="dropped">
      <p>{say('files.weights', { name, model })}</p>
      {isImage ? (
        <DrawnDigit
          {...{ zoo, say, classNames }}
          predict={(pixels) => zoo.worker.predictSaved([...pixels])}
        />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void predict();
          }}
        >
          <label class="field wide">
            <span>{say('files.values', { count: inputs })}</span>
            <input value={text} onInput={(event) => setText(event.currentTarget.value)} autocomplete="off" />
          </label>
          <button class="primary">{say('files.predict')}</button>
          <p role="status" class="answer">
            {answer && say('files.answer', { label: answer.label })}
          </p>
          {answer && (
            <ul>
              {answer.probabilities.map((probability, k) => (
                <li key={k} data-probability={probability}>
                  {classNames[k]}: {percent(probability)}
                </li>
              ))}
            </ul>
          )}
        </form>
      )}
    </div>
  );
}

/** A number, or the text of a category. */
const cellOf = (text: string): number | string => (Number.isNaN(Number(text)) ? text : Number(text));

function Table({ zoo, say, dropped }: DroppedProps<'table'>) {
  const { name, rows, columns } = dropped;
  const [target, setTarget] = useState(columns.at(-1)!);
  const train = async () => {
    try {
      await zoo.train({ model: 'mlp', data: await zoo.worker.useTable(target) });
    } catch (error) {
      zoo.tellWrong(error as Error);
    }
  };
  return (
    <div class="dropped">
      <p>{say('files.table', { name, rows, columns: columns.length })}</p>
      <label class="field inline">
        <span>{say('files.target')}</span>
        <select value={target} onChange={(event) => setTarget(event.currentTarget.value)}>
          {columns.map((column) => (
            <option>{column}</option>
          ))}
        </select>
      </label>
      <button class="primary" onClick={() => void train()}>
        {say('files.train')}
      </button>
    </div>
  );
}
