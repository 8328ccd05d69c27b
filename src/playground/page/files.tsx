/** Files of the user: weights for predictions, tables and digits for training. */
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Dropped, InputColumn, Prediction, SavedInputs, TableChoice } from '../messages.ts';
import { onDemand, percent, type PartProps } from './display.tsx';

const DrawnDigit = onDemand(() => import('./digit.tsx').then((part) => part.DrawnDigit));

/** Runs actions of the user, and shows beside them what is wrong with the last one. */
function useWrong(): [wrong: VNode | false, trying: (action: () => Promise<void>) => Promise<void>] {
  const [message, setMessage] = useState('');
  const trying = async (action: () => Promise<void>) => {
    try {
      await action();
      setMessage('');
    } catch (error) {
      setMessage((error as Error).message);
    }
  };
  const shown = message !== '' && (
    <p class="wrong" role="alert">
      {message}
    </p>
  );
  return [shown, trying];
}

export function Files({ zoo, say }: PartProps) {
  const [dropped, setDropped] = useState<Dropped>();
  const [isOver, setOver] = useState(false);
  const [wrong, trying] = useWrong();
  const take = (files: FileList | null | undefined) =>
    trying(async () => {
      if (files?.length) setDropped(await zoo.worker.drop(Array.from(files)));
    });
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
        {wrong}
        {dropped?.kind === 'weights' && <Weights key={dropped.name} {...{ zoo, say, dropped }} />}
        {dropped?.kind === 'table' && <Table key={dropped.name} {...{ zoo, say, dropped }} />}
        {dropped?.kind === 'text' && (
          <div class="dropped">
            <p>{say('files.text', { name: dropped.name, characters: dropped.characters })}</p>
            <button class="primary" onClick={() => void zoo.train({ model: 'gpt', data: dropped.data })}>
              {say('files.train')}
            </button>
          </div>
        )}
        {dropped?.kind === 'digits' && (
          <div class="dropped">
            <p>{say('files.digits', { rows: dropped.rows })}</p>
            <button class="primary" onClick={() => void zoo.train({ model: 'mnist', data: dropped.data })}>
              {say('files.train')}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}

type DroppedProps<K extends Dropped['kind']> = Pick<PartProps, 'zoo' | 'say'> & {
  dropped: Extract<Dropped, { kind: K }>;
};

function Weights({ zoo, say, dropped }: DroppedProps<'weights'>) {
  const { name, model, inputs, isImage, classNames, columns } = dropped;
  const [answer, setAnswer] = useState<Prediction>();
  const [text, setText] = useState('');
  const [cells, setCells] = useState<Record<string, string>>({});
  const [wrong, trying] = useWrong();
  const given = (): SavedInputs => {
    if (!columns) return text.split(/[\s,;]+/).filter(Boolean).map(cellOf); // prettier-ignore
    const pairs = columns.map((column) => [column.name, cells[column.name] ?? firstCell(column)] as const);
    return Object.fromEntries(pairs.map(([column, cell]) => [column, cellOf(cell)]));
  };
  const predict = () => trying(async () => setAnswer(await zoo.worker.predictSaved(given())));
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
          {columns ? (
            columns.map((column) => (
              <Cell
                key={column.name}
                column={column}
                value={cells[column.name] ?? firstCell(column)}
                onChange={(cell) => setCells({ ...cells, [column.name]: cell })}
              />
            ))
          ) : (
            <label class="field wide">
              <span>{say('files.values', { count: inputs })}</span>
              <input
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
                autocomplete="off"
              />
            </label>
          )}
          <button class="primary">{say('files.predict')}</button>
          {wrong}
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

/** What a cell holds before the user changes it. */
const firstCell = ({ categories, example }: InputColumn): string => (categories ? example : '');

interface CellProps {
  column: InputColumn;
  value: string;
  onChange: (cell: string) => void;
}

function Cell({ column: { name, categories, example, isOptional }, value, onChange }: CellProps) {
  return (
    <label class="field inline">
      <span>{name}</span>
      {categories ? (
        <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {isOptional && <option value="">–</option>}
          {categories.map((category) => (
            <option>{category}</option>
          ))}
        </select>
      ) : (
        <input
          value={value}
          placeholder={example}
          autocomplete="off"
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </label>
  );
}

/** A number, or the text of a category. */
const cellOf = (text: string): number | string =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);

function Table({ zoo, say, dropped }: DroppedProps<'table'>) {
  const { name, rows, columns } = dropped;
  const [choice, setChoice] = useState<TableChoice>({ target: columns.at(-1)!.name });
  const [wrong, trying] = useWrong();
  const { target, missing = 'refuse', categories = [], dropColumns = [], task = '' } = choice;
  const train = () =>
    trying(async () => zoo.train({ model: 'mlp', data: await zoo.worker.useTable(choice) }));
  const box = (key: 'categories' | 'dropColumns', chosen: string[], column: string) => (
    <input
      type="checkbox"
      aria-label={`${column}: ${say(`files.${key}`)}`}
      checked={chosen.includes(column)}
      onChange={({ currentTarget: { checked } }) => {
        const others = chosen.filter((one) => one !== column);
        setChoice({ ...choice, [key]: checked ? [...others, column] : others });
      }}
    />
  );
  return (
    <div class="dropped">
      <p>{say('files.table', { name, rows, columns: columns.length })}</p>
      <label class="field inline">
        <span>{say('files.target')}</span>
        <select
          name="target"
          value={target}
          onChange={(event) => setChoice({ ...choice, target: event.currentTarget.value })}
        >
          {columns.map((column) => (
            <option>{column.name}</option>
          ))}
        </select>
      </label>
      <label class="field inline">
        <span>{say('files.task')}</span>
        <select
          name="task"
          value={task}
          onChange={({ currentTarget: { value } }) =>
            setChoice({ ...choice, task: (value || undefined) as TableChoice['task'] })
          }
        >
          <option value="">{say('files.taskAuto')}</option>
          <option value="classification">{say('files.classification')}</option>
          <option value="regression">{say('files.regression')}</option>
        </select>
      </label>
      <label class="field inline">
        <span>{say('files.missing')}</span>
        <select
          name="missing"
          value={missing}
          onChange={({ currentTarget: { value } }) =>
            setChoice({ ...choice, missing: value as TableChoice['missing'] })
          }
        >
          {(['refuse', 'mean', 'drop'] as const).map((way) => (
            <option value={way}>{say(`files.missing.${way}`)}</option>
          ))}
        </select>
      </label>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              {(['column', 'kind', 'missingCells', 'categories', 'dropColumns'] as const).map((key) => (
                <th key={key} scope="col">
                  {say(`files.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns
              .filter((column) => column.name !== target)
              .map((column) => (
                <tr key={column.name}>
                  <th scope="row">{column.name}</th>
                  <td>{say(`files.${column.kind}`)}</td>
                  <td>{column.missing}</td>
                  <td>{column.kind === 'numeric' && box('categories', categories, column.name)}</td>
                  <td>{box('dropColumns', dropColumns, column.name)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      <button class="primary" onClick={() => void train()}>
        {say('files.train')}
      </button>
      {wrong}
    </div>
  );
}
